import { checkOptions } from '@evolock/direct-serialise/arguments';
import { Command, type CommanderError } from 'commander';
import { CHECKED, CommandError, exitCodesInWords, type ExitCode } from './errors.js';
import type { Answer, AnswerStream } from './answer.js';
import type { Session } from './session.js';

/** A command line that can be typed as it is, and what it does. */
export type Example = readonly [line: string, words: string];

/** The texts of a command. */
export interface CommandText {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The first paragraph of the help; the summary when absent. */
  readonly description?: string;
  readonly examples: readonly Example[];
  /** The exit codes that the command can end with: those of most commands when absent. */
  readonly exitCodes?: readonly ExitCode[];
  /** Whether the command holds no key, and reports an open inspector. */
  readonly reportsInspector?: boolean;
}

const TEXTS = new WeakMap<Command, CommandText>();

/** The examples of a command. */
export function examplesOf(command: Command): readonly Example[] {
  return TEXTS.get(command)?.examples ?? [];
}

/** The exit codes that a command can end with, one a line. */
export function exitCodesOf(command: Command): string[] {
  return exitCodesInWords(TEXTS.get(command)?.exitCodes ?? CHECKED);
}

/** The option that every command with an answer has. */
interface CommonOptions {
  readonly json?: boolean;
}

/**
 * A command, or a group of commands, with its help. Its path is all its words: `kes opcert issue`. A wrong command line is
 * one line on stderr.
 */
export function group(session: Session, path: string, text: CommandText): Command {
  const command = new Command(path.split(' ').at(-1))
    .summary(text.summary)
    .description(text.description ?? `${text.summary}.`)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: 80, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (help) => session.context.stdout.write(help),
      writeErr: (help) => session.context.stderr.write(help),
      // The error is thrown, and `run` prints it.
      outputError: () => undefined,
    })
    .exitOverride((error) => {
      const isHelp = error.exitCode === 0 || error.code === 'commander.help';
      if (error.code === 'commander.missingMandatoryOptionValue') refuseMisspelt(session, command);
      throw isHelp ? error : usageError(error, path);
    });
  TEXTS.set(command, text);
  const exitCodes = exitCodesOf(command).map((line) => `${line}\n`);
  const after = `\n${examplesInWords(text.examples)}\nExit codes:\n${exitCodes.join('')}`;
  command.addHelpText('after', after);
  return command;
}

/** A command with an answer. */
export function leaf(session: Session, path: string, text: CommandText): Command {
  return group(session, path, text).option('--json', 'print JSON instead of text');
}

/** The work of a command. Its parameters are the arguments, then the options. */
export type Work = (...args: never[]) => Answer | AnswerStream | Promise<Answer>;

/** Gives a command its work. The session shows the answer. */
export function carryOut(session: Session, command: Command, work: Work): Command {
  return command.action(async (...args: unknown[]) => {
    const options = checkOptions(command.opts<CommonOptions>());
    if (TEXTS.get(command)?.reportsInspector !== true) session.refuseInspector();
    // Commander passes arguments without types. Each command states their types in its Work, which the compiler cannot
    // compare with them.
    const answer = await work(...([...args.slice(0, -2), options] as never[]));
    await session.show(answer, options.json === true);
  });
}

/**
 * Commander reports a missing required option before an unknown one: for `--skye FILE` it would only say that `--skey` is
 * missing. This parses the arguments again without required options, for the error about the unknown option.
 */
function refuseMisspelt({ args }: Session, command: Command): void {
  const end = args.indexOf('--');
  const literal = end === -1 ? [] : args.slice(end);
  const options = command.args.filter((each) => /^-./.test(each) && !literal.includes(each));
  if (options.length === 0) return;
  for (const option of command.options) option.mandatory = false;
  command.action(() => undefined).parse(options, { from: 'user' });
}

function usageError(error: CommanderError, path: string): CommandError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const hint = rest.filter((line) => line !== '').join(' ');
  return new CommandError(
    'usage',
    `${first}${hint === '' ? '' : ` ${hint}`} (see ${path} --help)`,
    { cause: error },
  );
}

function examplesInWords(examples: readonly Example[]): string {
  const lines = examples.map(([line, words]) => `  # ${words}\n  $ ${line}\n`);
  return `Examples:\n${lines.join('')}`;
}
