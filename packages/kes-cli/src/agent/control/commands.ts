/** The commands that use the control socket of an agent: their options and texts. */
import type { Command } from 'commander';
import { addAlias } from '../../cli/alias.js';
import { carryOut, leaf } from '../../cli/command.js';
import { withOnChainOption } from '../../certificates/on-chain.js';
import { UNCHECKED } from '../../cli/errors.js';
import { positiveNumber, wholeNumber } from '../../cli/option-values.js';
import type { Session } from '../../cli/session.js';
import { withDatedNetworkOptions } from '../../network/network.js';
import type { ControlFlags } from './agent-control.js';
import type { InstallFlags } from './install.js';
import type { GenerateFlags, KeyFileFlags } from './keys.js';

/** `kes agent gen-staged-key`. */
export function generateCommand(session: Session): Command {
  const command = leaf(session, 'kes agent gen-staged-key', {
    summary: 'Let the agent generate a key, which waits for its certificate',
    description:
      'Lets the agent generate a key in its locked memory. The key is staged: it waits for its certificate (kes agent install-key), and the agent continues to use the installed one. The verification key is written to a file for the machine with the cold key. A staged key is not replaced without --replace-staged, and no file without --force.',
    examples: [
      [
        'kes agent gen-staged-key --control /run/kes-agent/control.socket --out kes.vkey',
        'Stage a key and write its verification key',
      ],
    ],
  });
  withKeyFileOptions(withControlOptions(command)).option(
    '--replace-staged',
    'replace a staged key: a certificate for it is useless then',
  );
  return carryOut(session, command, async (flags: GenerateFlags) => {
    const { generateStagedKey } = await import('./keys.js');
    return generateStagedKey(session, flags);
  });
}

/** `kes agent export-staged-vkey`. */
export function exportCommand(session: Session): Command {
  const command = leaf(session, 'kes agent export-staged-vkey', {
    summary: 'Write the verification key of the staged key to a file',
    examples: [
      [
        'kes agent export-staged-vkey --control /run/kes-agent/control.socket --out kes.vkey',
        'The file for the machine with the cold key',
      ],
    ],
  });
  withKeyFileOptions(withControlOptions(command));
  return carryOut(session, command, async (flags: KeyFileFlags) => {
    const { exportStagedKey } = await import('./keys.js');
    return exportStagedKey(session, flags);
  });
}

/** `kes agent drop-staged-key`. */
export function dropStagedCommand(session: Session): Command {
  const command = leaf(session, 'kes agent drop-staged-key', {
    summary: 'Let the agent drop the staged key',
    description:
      'Lets the agent wipe the staged key. A certificate for it is useless then. The installed key stays.',
    examples: [['kes agent drop-staged-key --control /run/kes-agent/control.socket', 'Drop it']],
  });
  withControlOptions(command);
  return carryOut(session, command, async (flags: ControlFlags) => {
    const { dropStagedKey } = await import('./keys.js');
    return dropStagedKey(session, flags);
  });
}

/** `kes agent install-key`. */
export function installCommand(session: Session): Command {
  const command = leaf(session, 'kes agent install-key', {
    summary: 'Install the staged key with its certificate',
    description:
      'Installs the staged key with its certificate: the agent hands it to every node from then on. Before the certificate is sent, this checks that its cold key signed it (and is that of --cold-vkey), that it is for the staged key, that the network accepts its number by --on-chain or, without it, that it is that of the installed key or one more, and that the KES period is in its range: by the period that the agent states and, with --network or --genesis, by the clock of this machine. When a check fails, nothing is sent, and the staged key stays.',
    examples: [
      [
        'kes agent install-key --control /run/kes-agent/control.socket --opcert node.cert --network mainnet',
        'Check the certificate and install the key',
      ],
    ],
  }).option('--opcert <file>', 'the certificate, or - for standard input');
  addAlias(command, '--opcert-file <file>', 'opcert');
  withControlOptions(command).option(
    '--cold-vkey <key>',
    'the cold verification key that it must name: a file, -, hexadecimal digits, or bech32',
  );
  withDatedNetworkOptions(withOnChainOption(command));
  return carryOut(session, command, async (flags: InstallFlags) => {
    const { installKey } = await import('./install.js');
    return installKey(session, flags);
  });
}

/** `kes agent drop-key`. */
export function dropCommand(session: Session): Command {
  const command = leaf(session, 'kes agent drop-key', {
    summary: 'Let the agent and its clients drop the installed key',
    description:
      'Lets the agent wipe the installed key, and tell all connected nodes and agents to drop it. A node without a key makes no blocks.',
    examples: [['kes agent drop-key --control /run/kes-agent/control.socket', 'Drop it']],
  });
  withControlOptions(command);
  return carryOut(session, command, async (flags: ControlFlags) => {
    const { dropKey } = await import('./keys.js');
    return dropKey(session, flags);
  });
}

/** `kes agent info`. */
export function infoCommand(session: Session): Command {
  const command = leaf(session, 'kes agent info', {
    summary: 'Show the keys of an agent, its KES period and its peers',
    description:
      'Shows what an agent states about itself: the installed key and its certificate, the staged key, the KES period, and the connections to other agents. kes status --agent-control checks the installed key.',
    examples: [
      ['kes agent info --control /run/kes-agent/control.socket', 'For a person'],
      ['kes agent info --control /run/kes-agent/control.socket --json', 'For a script'],
    ],
    exitCodes: UNCHECKED,
  });
  withControlOptions(command);
  return carryOut(session, command, async (flags: ControlFlags) => {
    const { info } = await import('./info.js');
    return info(session, flags);
  });
}

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
