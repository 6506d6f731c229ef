/** The command `kes`: its tree of commands, and their help. */
import type { Command } from 'commander';
import { commandOf, group } from './cli/command.js';
import { ExitCode, UNCHECKED, usage } from './cli/errors.js';
import { type Context, Session } from './cli/session.js';
import { printable } from './cli/text.js';
import { COMMANDS } from './commands.js';

declare const PACKAGE_VERSION: string;

/** The command with those of its commands that the arguments of the session name. Of the others it has the summaries. */
export function kesCommand(session: Session): Promise<Command> {
  return treeOf(session, (words) => words.every((word) => session.args.includes(word)));
}

/** The command with all its commands. They cannot run: there is no process. */
export function wholeKesCommand(): Promise<Command> {
  return treeOf(new Session([], {} as Context), () => true);
}

async function treeOf(
  session: Session,
  isNeeded: (words: readonly string[]) => boolean,
): Promise<Command> {
  const kes = kesItself(session);
  const invocation = {
    session,
    treeOf: (args: readonly string[]) => kesCommand(new Session(args, session.context)),
  };
  for (const [role, rows] of Object.entries(COMMANDS))
    for (const [name, row] of Object.entries(rows)) {
      const words = name.split(' ');
      const [first] = words.length === 1 ? [] : words;
      const parent = kes.commands.find((each) => each.name() === first) ?? kes;
      const loaded = 'load' in row && isNeeded(words) ? await row.load() : undefined;
      const text = 'load' in row ? { text: '' } : row;
      const path = `kes ${name}`;
      const command =
        loaded === undefined
          ? group(session, path, row.summary, text)
          : commandOf(invocation, path, row.summary, loaded);
      parent.addCommand(parent === kes ? command.helpGroup(role) : command);
    }
  return kes.addCommand(helpCommand(session, kes).helpGroup('Help:'));
}

function kesItself(session: Session): Command {
  return group(session, 'kes', 'Cardano KES keys, certificates and headers', {
    text: `
      Cardano KES keys, certificates and headers. Signing keys are in locked memory only. No secret is taken from the command line or printed. Where another program is named kes, this command is evolock-kes.

      # Can this machine keep a key?
      $ kes doctor
      # At which period is a key?
      $ kes inspect kes.skey
      # Is a certificate valid now, and for how long?
      $ kes status --cert node.cert --network mainnet`,
    exitCodes: Object.values(ExitCode),
  }).version(PACKAGE_VERSION, '-V, --version', 'print the version');
}

/** `kes help`: the same as `--help`, for a command of one word or more. */
function helpCommand(session: Session, kes: Command): Command {
  return group(session, 'kes help', 'Show the help of a command', {
    text: `
      # The same as kes sign --help
      $ kes help sign
      # A command of two words
      $ kes help opcert issue
      # The options that name a network
      $ kes help networks`,
    exitCodes: UNCHECKED,
  })
    .argument('[command...]', 'the words of the command; none for kes itself')
    .action(async (words: string[]) => {
      if (words.length === 1 && words[0] === 'networks') await showNetworks(session);
      else (await namedBy(kes, words)).outputHelp();
    });
}

/** The text is loaded with the code of networks, which most runs do not need. */
async function showNetworks({ context: { stdout } }: Session): Promise<void> {
  const { ABOUT_NETWORKS } = await import('./network/network.js');
  stdout.write(ABOUT_NETWORKS);
}

async function namedBy(kes: Command, words: readonly string[]): Promise<Command> {
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
  throw usage(`unknown command '${command}' (see kes --help)`);
}
