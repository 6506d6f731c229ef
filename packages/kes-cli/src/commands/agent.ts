/** `kes agent`: an agent that holds the key of a pool, and the commands to it, by its control socket. */
import type { Command } from 'commander';
import { addAlias } from '../cli/alias.js';
import type { Definition } from '../cli/command.js';
import { withOnChainOption } from '../certificates/on-chain.js';
import { UNCHECKED } from '../cli/errors.js';
import { positiveNumber, wholeNumber } from '../cli/option-values.js';
import type { Session } from '../cli/session.js';
import { withDatedNetworkOptions } from '../network/network.js';
import type { RunFlags } from '../agent/run/configuration.js';
import { withRunOptions } from '../agent/run/flags.js';
import type { ControlFlags } from '../agent/control/agent-control.js';
import type { InstallFlags } from '../agent/control/install.js';
import type { GenerateFlags, KeyFileFlags } from '../agent/control/keys.js';

/** `kes agent run`: an agent, until a signal. */
export const runCommand: Definition = {
  description:
    'Runs an agent until a signal. It holds the KES key of a pool in locked memory and hands it to nodes and other agents on the service socket. The control socket takes the other commands of kes agent. Each setting is an option, or a variable of the reference agent (KES_AGENT_SERVICE_PATH, KES_AGENT_CONTROL_PATH, KES_AGENT_BOOTSTRAP_PATHS, KES_AGENT_COLD_VK, KES_AGENT_GENESIS_FILE, KES_AGENT_LOG_LEVEL, KES_AGENT_LOG_TARGET), or a key of the TOML file. An option wins over a variable, a variable over the file. The options of the reference agent work too. SIGTERM and SIGINT wipe the keys and end the agent. SIGHUP reads the configuration, the cold key and the genesis file again, and keeps the keys.',
  examples: [
    [
      'kes agent run --service /run/kes-agent/service.socket --control /run/kes-agent/control.socket --cold-vkey cold.vkey --network mainnet',
      'An agent for one machine',
    ],
    ['kes agent run --config /etc/kes-agent/kes-agent.toml', 'All settings in a file'],
  ],
  options: withRunOptions,
  run: async (session: Session, flags: RunFlags) => {
    // The code of the agent is loaded by the commands that use it only.
    const { runAgent } = await import('../agent/run/run.js');
    await runAgent(session, flags);
  },
};

/** `kes agent gen-staged-key`. */
export const generateCommand: Definition = {
  description:
    'Lets the agent generate a key in its locked memory. The key is staged: it waits for its certificate (kes agent install-key), and the agent continues to use the installed one. The verification key is written to a file for the machine with the cold key. A staged key is not replaced without --replace-staged, and no file without --force.',
  examples: [
    [
      'kes agent gen-staged-key --control /run/kes-agent/control.socket --out kes.vkey',
      'Stage a key and write its verification key',
    ],
  ],
  options: (command) =>
    withKeyFileOptions(withControlOptions(command)).option(
      '--replace-staged',
      'replace a staged key: a certificate for it is useless then',
    ),
  work: async (session: Session, flags: GenerateFlags) => {
    const { generateStagedKey } = await import('../agent/control/keys.js');
    return generateStagedKey(session, flags);
  },
};

/** `kes agent export-staged-vkey`. */
export const exportCommand: Definition = {
  examples: [
    [
      'kes agent export-staged-vkey --control /run/kes-agent/control.socket --out kes.vkey',
      'The file for the machine with the cold key',
    ],
  ],
  options: (command) => withKeyFileOptions(withControlOptions(command)),
  work: async (session: Session, flags: KeyFileFlags) => {
    const { exportStagedKey } = await import('../agent/control/keys.js');
    return exportStagedKey(session, flags);
  },
};

/** `kes agent drop-staged-key`. */
export const dropStagedCommand: Definition = {
  description:
    'Lets the agent wipe the staged key. A certificate for it is useless then. The installed key stays.',
  examples: [['kes agent drop-staged-key --control /run/kes-agent/control.socket', 'Drop it']],
  options: (command) => withControlOptions(command),
  work: async (session: Session, flags: ControlFlags) => {
    const { dropStagedKey } = await import('../agent/control/keys.js');
    return dropStagedKey(session, flags);
  },
};

/** `kes agent install-key`. */
export const installCommand: Definition = {
  description:
    'Installs the staged key with its certificate: the agent hands it to every node from then on. Before the certificate is sent, this checks that its cold key signed it (and is that of --cold-vkey), that it is for the staged key, that the network accepts its number by --on-chain or, without it, that it is that of the installed key or one more, and that the KES period is in its range: by the period that the agent states and, with --network or --genesis, by the clock of this machine. When a check fails, nothing is sent, and the staged key stays.',
  examples: [
    [
      'kes agent install-key --control /run/kes-agent/control.socket --opcert node.cert --network mainnet',
      'Check the certificate and install the key',
    ],
  ],
  options: (command) => {
    command.option('--opcert <file>', 'the certificate, or - for standard input');
    addAlias(command, '--opcert-file <file>', 'opcert');
    withControlOptions(command).option(
      '--cold-vkey <key>',
      'the cold verification key that it must name: a file, -, hexadecimal digits, or bech32',
    );
    withDatedNetworkOptions(withOnChainOption(command));
  },
  work: async (session: Session, flags: InstallFlags) => {
    const { installKey } = await import('../agent/control/install.js');
    return installKey(session, flags);
  },
};

/** `kes agent drop-key`. */
export const dropCommand: Definition = {
  description:
    'Lets the agent wipe the installed key, and tell all connected nodes and agents to drop it. A node without a key makes no blocks.',
  examples: [['kes agent drop-key --control /run/kes-agent/control.socket', 'Drop it']],
  options: (command) => withControlOptions(command),
  work: async (session: Session, flags: ControlFlags) => {
    const { dropKey } = await import('../agent/control/keys.js');
    return dropKey(session, flags);
  },
};

/** `kes agent info`. */
export const infoCommand: Definition = {
  description:
    'Shows what an agent states about itself: the installed key and its certificate, the staged key, the KES period, and the connections to other agents. kes status --agent-control checks the installed key.',
  examples: [
    ['kes agent info --control /run/kes-agent/control.socket', 'For a person'],
    ['kes agent info --control /run/kes-agent/control.socket --json', 'For a script'],
  ],
  exitCodes: UNCHECKED,
  options: (command) => withControlOptions(command),
  work: async (session: Session, flags: ControlFlags) => {
    const { info } = await import('../agent/control/info.js');
    return info(session, flags);
  },
};

/** Adds the options of a control connection. */
function withControlOptions(command: Command): Command {
  command
    .option('-c, --control <path>', 'the control socket of the agent')
    .option('--retry-delay <ms>', 'wait before the next attempt to connect', positiveNumber)
    .option('--retry-exponential', 'double the wait after each attempt')
    .option('--retry-attempts <count>', 'attempts after the first one (none)', wholeNumber);
  return addAlias(command, '--control-address <path>', 'control');
}

/** Adds the option of the file of a verification key, which is to be written. */
function withKeyFileOptions(command: Command): Command {
  command.option('--out <file>', 'the file for the verification key');
  addAlias(command, '--kes-verification-key-file <file>', 'out');
  return command.option('--force', 'replace an existing KES verification key');
}
