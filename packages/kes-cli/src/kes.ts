/** The command `kes`: the list of its commands, and their help. A new command is a line here, one in summaries.ts, and a file. */
import type { Command } from 'commander';
import { group } from './cli/command.js';
import { CommandError, ExitCode, UNCHECKED } from './cli/errors.js';
import type { Session } from './cli/session.js';
import { printable } from './cli/text.js';
import { SUMMARIES } from './summaries.js';

declare const PACKAGE_VERSION: string;

/** Builds a command. Of the whole command it may ask for the whole tree. */
type Builder = (session: Session, wholeTree: () => Promise<Command>) => Command;

/** The commands, in the order of the help. A run loads the code of those that its arguments name. */
const COMMANDS: Readonly<Record<keyof typeof SUMMARIES, () => Promise<Builder>>> = {
  keygen: async () => (await import('./commands/keys/keygen.js')).keygenCommand,
  vkey: async () => (await import('./commands/keys/vkey.js')).vkeyCommand,
  inspect: async () => (await import('./commands/keys/inspect.js')).inspectCommand,
  evolve: async () => (await import('./commands/keys/evolve.js')).evolveCommand,
  erase: async () => (await import('./commands/keys/erase.js')).eraseCommand,
  sign: async () => (await import('./commands/sign.js')).signCommand,
  verify: async () => (await import('./commands/verify.js')).verifyCommand,
  vrf: async () => (await import('./commands/keys/keygen.js')).vrfCommand,
  cold: async () => (await import('./commands/keys/keygen.js')).coldCommand,
  opcert: async () => (await import('./commands/certificates/opcert.js')).opcertCommand,
  counter: async () => (await import('./commands/certificates/counter.js')).counterCommand,
  rotate: async () => (await import('./commands/certificates/rotate.js')).rotateCommand,
  header: async () => (await import('./commands/header.js')).headerCommand,
  dmq: async () => (await import('./commands/dmq.js')).dmqCommand,
  status: async () => (await import('./commands/certificates/status.js')).statusCommand,
  period: async () => (await import('./commands/certificates/period.js')).periodCommand,
  agent: async () => (await import('./commands/agent.js')).agentCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand,
};

/** The command with those of its commands that the arguments of the session name. Of the others it has the summaries. */
export function kesCommand(session: Session): Promise<Command> {
  return treeOf(session, (name) => session.args.includes(name));
}

/** The command with all its commands. */
export function wholeKesCommand(session: Session): Promise<Command> {
  return treeOf(session, () => true);
}

async function treeOf(session: Session, isNeeded: (name: string) => boolean): Promise<Command> {
  const kes = kesItself(session);
  for (const [name, load] of Object.entries(COMMANDS)) {
    const build = isNeeded(name) ? await load() : summaryOf(name as keyof typeof SUMMARIES);
    kes.addCommand(build(session, () => wholeKesCommand(session)));
  }
  return kes.addCommand(helpCommand(session, kes));
}

function summaryOf(name: keyof typeof SUMMARIES): Builder {
  return (session) => group(session, `kes ${name}`, { summary: SUMMARIES[name], examples: [] });
}

function kesItself(session: Session): Command {
  return group(session, 'kes', {
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
    exitCodes: Object.values(ExitCode),
  }).version(PACKAGE_VERSION, '-V, --version', 'print the version');
}

/** `kes help`: the same as `--help`, for a command of one word or more. */
function helpCommand(session: Session, kes: Command): Command {
  return group(session, 'kes help', {
    summary: 'Show the help of a command',
    examples: [
      ['kes help sign', 'The same as kes sign --help'],
      ['kes help opcert issue', 'A command of two words'],
      ['kes help networks', 'The options that name a network'],
    ],
    exitCodes: UNCHECKED,
  })
    .argument('[command...]', 'the words of the command; none for kes itself')
    .action(async (words: string[]) => {
      if (words.length === 1 && words[0] === 'networks') await showNetworks(session);
      else (await commandOf(kes, words)).outputHelp();
    });
}

/** The text is loaded with the code of networks, which most runs do not need. */
async function showNetworks({ context: { stdout } }: Session): Promise<void> {
  const { ABOUT_NETWORKS } = await import('./network/network.js');
  stdout.write(ABOUT_NETWORKS);
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
