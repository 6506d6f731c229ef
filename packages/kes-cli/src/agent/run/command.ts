/** `kes agent run`: an agent, until a signal. Its options, in our spelling and in that of the reference. */
import type { Definition, Terms } from '@evolock/command-line/command';
import type { Session } from '@evolock/command-line/session';
import { NETWORK } from '../../network/network.js';
import { LOG_FORMATS, LOG_LEVELS, LOG_TARGETS } from './log.js';
import type { RunFlags } from './settings.js';

/** The options that lead to the sockets of an agent. */
export const SOCKETS: Terms = {
  text: `
    -s, --service <path>    the socket for nodes and other agents
    -c, --control <path>    the socket for commands
    --sign <path>           the socket for signatures; none when absent
    --socket-group <group>  a group that may use the service and sign sockets
    --sign-group <group>    another group that may use the sign socket only
    -F, --config <file>     a TOML file with settings`,
  aliases: {
    '--service-address <path>': 'service',
    '--control-address <path>': 'control',
    '--config-file <file>': 'config',
  },
};

const RUN: readonly Terms[] = [
  SOCKETS,
  {
    text: `
      -b, --bootstrap <path>  the service socket of another agent (repeatable)
      --cold-vkey <file>      the cold verification key of the pool`,
    values: { bootstrap: (path, before) => [...((before ?? []) as string[]), path] },
    aliases: {
      '--bootstrap-address <path>': 'bootstrap',
      '--cold-verification-key <file>': 'cold-vkey',
    },
  },
  ...NETWORK,
  {
    text: `
      --sign-block-headers     sign block header bodies on the sign socket too
      --prometheus <file>      write how the agent is for node_exporter, again and again
      --on-chain <file>        with it: the file of cardano-cli query protocol-state, as another program writes it
      -l, --log-level <level>  log from this level (info)
      --log-format <format>    of each line (text)
      --log-target <target>    syslog needs the program logger (stdout)`,
    values: { logLevel: LOG_LEVELS, logFormat: LOG_FORMATS, logTarget: LOG_TARGETS },
    aliases: { '--genesis-file <file>': 'genesis' },
  },
];

export const runCommand: Definition = {
  text: `
    Runs an agent until a signal. It holds the KES key of a pool in locked memory and hands it to nodes and other agents on the service socket. The control socket takes the other commands of kes agent. Each setting is an option, or a variable of the reference agent (KES_AGENT_SERVICE_PATH, KES_AGENT_CONTROL_PATH, KES_AGENT_BOOTSTRAP_PATHS, KES_AGENT_COLD_VK, KES_AGENT_GENESIS_FILE, KES_AGENT_LOG_LEVEL, KES_AGENT_LOG_TARGET), or a key of the TOML file. An option wins over a variable, a variable over the file. The options of the reference agent work too. SIGTERM and SIGINT wipe the keys and end the agent. SIGHUP reads the configuration, the cold key and the genesis file again, and keeps the keys.

    # An agent for one machine
    $ kes agent run --service /run/kes-agent/service.socket --control /run/kes-agent/control.socket --cold-vkey cold.vkey --network mainnet
    # All settings in a file
    $ kes agent run --config /etc/kes-agent/kes-agent.toml`,
  options: RUN,
  run: async (session: Session, flags: RunFlags) => {
    // The code of the agent is loaded by the commands that use it only.
    const { runAgent } = await import('./run.js');
    await runAgent(session, flags);
  },
};
