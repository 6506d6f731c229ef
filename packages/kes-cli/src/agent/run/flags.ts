/** The options of `kes agent run`, in our spelling and in that of the reference. */
import type { LogLevel } from '@evolock/kes-agent';
import type { Command } from '@evolock/command-line/command';
import { addAlias, addTerms } from '@evolock/command-line/command';
import { withDatedNetworkOptions } from '../../network/network.js';

/** From the least to the most important. */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warn',
  'error',
  'critical',
  'emergency',
] as const satisfies readonly LogLevel[];

/** How an event is written: a line for a person, or an object of JSON on one line. */
export const LOG_FORMATS = ['text', 'json'] as const;

/** Where events are written. */
export const LOG_TARGETS = ['stdout', 'syslog', 'null'] as const;

/** Adds the options that lead to the sockets of an agent. */
export function withSocketOptions(command: Command): Command {
  const text = `
    -s, --service <path>    the socket for nodes and other agents
    -c, --control <path>    the socket for commands
    --sign <path>           the socket for signatures; none when absent
    --socket-group <group>  a group that may use the service and sign sockets
    --sign-group <group>    another group that may use the sign socket only
    -F, --config <file>     a TOML file with settings`;
  addTerms(command, { text });
  addAlias(command, '--service-address <path>', 'service');
  addAlias(command, '--control-address <path>', 'control');
  return addAlias(command, '--config-file <file>', 'config');
}

/** Adds all options of `kes agent run`. */
export function withRunOptions(command: Command): Command {
  addTerms(withSocketOptions(command), {
    text: `
      -b, --bootstrap <path>  the service socket of another agent (repeatable)
      --cold-vkey <file>      the cold verification key of the pool`,
    values: { bootstrap: (path, before) => [...((before ?? []) as string[]), path] },
  });
  addTerms(withDatedNetworkOptions(command), {
    text: `
      --sign-block-headers             sign block header bodies on the sign socket too
      --message-size <bytes>           the largest message to sign (1 MiB)
      --signatures-per-second <count>  for all clients together (100)
      --clients <count>                the most clients of a socket (64)
      --timeout <ms>                   the time limit of a message (10000)
      --second-look <ms>               until a step of the clock is believed (60000)
      -l, --log-level <level>          log from this level (info)
      --log-format <format>            of each line (text)
      --log-target <target>            syslog needs the program logger (stdout)`,
    values: { logLevel: LOG_LEVELS, logFormat: LOG_FORMATS, logTarget: LOG_TARGETS },
  });
  addAlias(command, '--bootstrap-address <path>', 'bootstrap');
  addAlias(command, '--cold-verification-key <file>', 'cold-vkey');
  return addAlias(command, '--genesis-file <file>', 'genesis');
}
