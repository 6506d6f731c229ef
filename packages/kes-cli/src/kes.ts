/** The command `kes`: the list of its commands, and their help. A new command is one line here and one file in commands/. */
import type { Command } from 'commander';
import { group } from './cli/command.js';
import { CommandError } from './cli/errors.js';
import type { Session } from './cli/session.js';
import { printable } from './cli/text.js';
import { agentCommand } from './commands/agent.js';
import { coldCommand } from './commands/keys/cold.js';
import { completionCommand } from './commands/completion.js';
import { counterCommand } from './commands/certificates/counter.js';
import { dmqCommand } from './commands/dmq.js';
import { doctorCommand } from './commands/doctor.js';
import { evolveCommand } from './commands/keys/evolve.js';
import { headerCommand } from './commands/header.js';
import { inspectCommand } from './commands/keys/inspect.js';
import { keygenCommand } from './commands/keys/keygen.js';
import { opcertCommand } from './commands/certificates/opcert.js';
import { periodCommand } from './commands/certificates/period.js';
import { rotateCommand } from './commands/certificates/rotate.js';
import { signCommand } from './commands/sign.js';
import { statusCommand } from './commands/certificates/status.js';
import { verifyCommand } from './commands/verify.js';
import { vkeyCommand } from './commands/keys/vkey.js';
import { vrfCommand } from './commands/keys/vrf.js';

declare const PACKAGE_VERSION: string;

/** The commands, in the order of the help. */
const COMMANDS: readonly ((session: Session, kes: Command) => Command)[] = [
  keygenCommand,
  vkeyCommand,
  inspectCommand,
  evolveCommand,
  signCommand,
  verifyCommand,
  vrfCommand,
  coldCommand,
  opcertCommand,
  counterCommand,
  rotateCommand,
  headerCommand,
  dmqCommand,
  statusCommand,
  periodCommand,
  agentCommand,
  doctorCommand,
  completionCommand,
  helpCommand,
];

/** The whole command. */
export function kesCommand(session: Session): Command {
  const kes = group(session, 'kes', {
    summary: 'Cardano KES keys, certificates and headers',
    description:
      'Cardano KES keys, certificates and headers. Signing keys are in locked memory only. No secret is taken from the command line or printed.',
    examples: [
      ['kes doctor', 'Can this machine keep a key?'],
      ['kes inspect kes.skey', 'At which period is a key?'],
      [
        'kes status --cert node.cert --network mainnet',
        'Is a certificate valid now, and for how long?',
      ],
    ],
  }).version(PACKAGE_VERSION, '-V, --version', 'print the version');
  for (const build of COMMANDS) kes.addCommand(build(session, kes));
  return kes;
}

/** `kes help`: the same as `--help`, for a command of one word or more. */
function helpCommand(session: Session, kes: Command): Command {
  return group(session, 'kes help', {
    summary: 'Show the help of a command',
    examples: [
      ['kes help sign', 'The same as kes sign --help'],
      ['kes help opcert issue', 'A command of two words'],
    ],
  })
    .argument('[command...]', 'the words of the command; none for kes itself')
    .action(async (words: string[]) => {
      (await commandOf(kes, words)).outputHelp();
    });
}

async function commandOf(kes: Command, words: readonly string[]): Promise<Command> {
  let found = kes;
  for (const [index, word] of words.entries()) {
    const next = found.commands.find((each) => each.name() === word);
    if (next === undefined) return refuse(found, words.slice(0, index + 1));
    found = next;
  }
  return found;
}

/** A group refuses an unknown word itself, and suggests a similar command. */
async function refuse(parent: Command, words: readonly string[]): Promise<never> {
  if (parent.commands.length > 0) {
    await parent.parseAsync(['--', ...words.slice(-1)], { from: 'user' });
  }
  const command = printable(words.join(' '));
  throw new CommandError('usage', `unknown command '${command}' (see kes --help)`);
}
