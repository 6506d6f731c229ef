/** The options of `kes agent run`, in our spelling and in that of the reference. */
import type { LogLevel } from '@evolock/kes-agent';
import { Option, type Command } from 'commander';
import { addAlias } from '../../cli/command.js';
import { positiveNumber } from '../../cli/option-values.js';
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
  command
    .option('-s, --service <path>', 'the socket for nodes and other agents')
    .option('-c, --control <path>', 'the socket for commands')
    .option('--sign <path>', 'the socket for signatures; none when absent')
    .option('--socket-group <group>', 'a group that may use the service and sign sockets')
    .option('--sign-group <group>', 'another group that may use the sign socket only')
    .option('-F, --config <file>', 'a TOML file with settings');
  addAlias(command, '--service-address <path>', 'service');
  addAlias(command, '--control-address <path>', 'control');
  return addAlias(command, '--config-file <file>', 'config');
}

/** Adds all options of `kes agent run`. */
export function withRunOptions(command: Command): Command {
  withSocketOptions(command)
    .option(
      '-b, --bootstrap <path>',
      'the service socket of another agent (repeatable)',
      (path, paths: readonly string[] | undefined) => [...(paths ?? []), path],
    )
    .option('--cold-vkey <file>', 'the cold verification key of the pool');
  withDatedNetworkOptions(command)
    .option('--sign-block-headers', 'sign block header bodies on the sign socket too')
    .option('--message-size <bytes>', 'the largest message to sign (1 MiB)', positiveNumber)
    .option('--signatures-per-second <count>', 'for all clients together (100)', positiveNumber)
    .option('--clients <count>', 'the most clients of a socket (64)', positiveNumber)
    .option('--timeout <ms>', 'the time limit of a message (10000)', positiveNumber)
    .option('--second-look <ms>', 'until a step of the clock is believed (60000)', positiveNumber)
    .addOption(
      new Option('-l, --log-level <level>', 'log from this level (info)').choices(LOG_LEVELS),
    )
    .addOption(new Option('--log-format <format>', 'of each line (text)').choices(LOG_FORMATS))
    .addOption(
      new Option('--log-target <target>', 'syslog needs the program logger (stdout)').choices(
        LOG_TARGETS,
      ),
    );
  addAlias(command, '--bootstrap-address <path>', 'bootstrap');
  addAlias(command, '--cold-verification-key <file>', 'cold-vkey');
  return addAlias(command, '--genesis-file <file>', 'genesis');
}
