/** The tree of commands of a program, and their help. */
import type { Command } from 'commander';
import { commandOf, group, type CommandText, type Definition } from './command.js';
import { UNCHECKED, usage } from './errors.js';
import { Session, type Context, type Program } from './session.js';
import { printable } from './text.js';

declare const PACKAGE_VERSION: string;

/** A command: one line about it, and its file, which a run loads when its arguments name the command. */
interface CommandRow {
  readonly summary: string;
  readonly load: () => Promise<Definition>;
}

interface GroupRow extends CommandText {
  readonly summary: string;
}

/** The commands by their words, each group before its commands, under the headings of the help. */
export type CommandTable = Readonly<
  Record<string, Readonly<Record<string, CommandRow | GroupRow>>>
>;

/** A program with its commands. Help, manual pages, completion and the list of the README come from them. */
export interface ProgramTree extends Program {
  readonly summary: string;
  /** The paragraph and the examples of the help. */
  readonly text: string;
  readonly helpText: string;
  /** What `help` shows for other words than commands. */
  readonly topics?: Readonly<Record<string, () => Promise<string>>>;
  readonly commands: CommandTable;
}

/** The program with those of its commands that the arguments of the session name. Of the others it has the summaries. */
export function namedCommands(program: ProgramTree, session: Session): Promise<Command> {
  return treeOf(program, session, (words) => words.every((word) => session.args.includes(word)));
}

/** A command or a group of commands, and all its words. */
export interface Place {
  readonly path: string;
  readonly command: Command;
}

/** Every command of a program, and the program first. They cannot run: there is no process. */
export async function placesOf(program: ProgramTree): Promise<Place[]> {
  const root = await treeOf(program, new Session(program, [], {} as Context), () => true);
  return placesBelow(root, root.name());
}

function placesBelow(command: Command, path: string): Place[] {
  const children = command.createHelp().visibleCommands(command);
  const below = children.flatMap((child) => placesBelow(child, `${path} ${child.name()}`));
  return [{ path, command }, ...below];
}

async function treeOf(
  program: ProgramTree,
  session: Session,
  isNeeded: (words: readonly string[]) => boolean,
): Promise<Command> {
  const { name: top, commands } = program;
  const root = rootOf(program, session);
  for (const [role, rows] of Object.entries({
    ...commands,
    'Help:': { completion: completionRow(program) },
  }))
    for (const [name, row] of Object.entries(rows)) {
      const words = name.split(' ');
      const [first] = words.length === 1 ? [] : words;
      const parent = root.commands.find((each) => each.name() === first) ?? root;
      const loaded = 'load' in row && isNeeded(words) ? await row.load() : undefined;
      const text = 'load' in row ? { text: '' } : row;
      const path = `${top} ${name}`;
      const command =
        loaded === undefined
          ? group(session, path, row.summary, text)
          : commandOf(session, path, row.summary, loaded);
      parent.addCommand(parent === root ? command.helpGroup(role) : command);
    }
  return root.addCommand(helpCommand(program, session, root).helpGroup('Help:'));
}

function rootOf({ name, summary, text, exitCodes }: ProgramTree, session: Session): Command {
  const codes = Object.keys(exitCodes).map(Number);
  return group(session, name, summary, { text, exitCodes: codes }).version(
    PACKAGE_VERSION,
    '-V, --version',
    'print the version',
  );
}

const completionRow = (program: ProgramTree): CommandRow => ({
  summary: `Print a script that lets a shell complete ${program.name}`,
  load: async () =>
    (await import('./completion.js')).completionOf(program, ({ context }, args) =>
      namedCommands(program, new Session(program, args, context)),
    ),
});

/** `help`: the same as `--help`, for a command of one word or more. */
function helpCommand(program: ProgramTree, session: Session, root: Command): Command {
  const { name, helpText: text, topics = {} } = program;
  return group(session, `${name} help`, 'Show the help of a command', {
    text,
    exitCodes: UNCHECKED,
  })
    .argument('[command...]', `the words of the command; none for ${name} itself`)
    .action(async (words: string[]) => {
      const topic = words.length === 1 ? topics[words[0] ?? ''] : undefined;
      if (topic === undefined) (await namedBy(root, words)).outputHelp();
      else session.context.stdout.write(await topic());
    });
}

async function namedBy(root: Command, words: readonly string[]): Promise<Command> {
  let found = root;
  for (const [index, word] of words.entries()) {
    const next = found.commands.find((each) => each.name() === word);
    if (next === undefined) return refuse(root.name(), found, words.slice(0, index + 1));
    found = next;
  }
  return found;
}

/** A group refuses an unknown word itself, and suggests a similar command. */
async function refuse(name: string, parent: Command, words: readonly string[]): Promise<never> {
  if (parent.commands.length > 0) {
    await parent.parseAsync(['--', ...words.slice(-1)], { from: 'user' });
  }
  const command = printable(words.join(' '));
  throw usage(`unknown command '${command}' (see ${name} --help)`);
}
