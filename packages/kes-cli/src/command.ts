import { checkOptions } from '@evolock/direct-serialise/arguments';
import { Command, type CommanderError } from 'commander';
import { CommandError } from './command-error.js';
import { EXIT_CODES_IN_WORDS } from './exit-code.js';
import type { Outcome, OutcomeStream } from './outcome.js';
import type { Session } from './session.js';

/** A command line that can be typed as it stands, and what it does. */
export type Example = readonly [line: string, words: string];

/** What every command has. */
export interface CommandText {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What `--help` says besides. */
  readonly description?: string;
  readonly examples: readonly Example[];
}

/** Options that every command with an outcome has. */
export interface CommonOptions {
  readonly json?: boolean;
}

/** A command, or a group of commands, with its help; usage errors are one line. */
export function group(session: Session, path: string, text: CommandText): Command {
  const command = new Command(text.name)
    .summary(text.summary)
    .description(text.description ?? `${text.summary}.`)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: 80, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (help) => session.surroundings.stdout.write(help),
      writeErr: (help) => session.surroundings.stderr.write(help),
      // The error is thrown, and the end of the run says it.
      outputError: () => undefined,
    })
    .exitOverride((error) => {
      const isHelp = error.exitCode === 0 || error.code === 'commander.help';
      if (error.code === 'commander.missingMandatoryOptionValue') refuseMisspelt(session, command);
      throw isHelp ? error : usageError(error, path);
    });
  command.addHelpText('after', `\n${examplesInWords(text.examples)}\n${EXIT_CODES_IN_WORDS}`);
  return command;
}

/** A command that comes to something. */
export function leaf(session: Session, path: string, text: CommandText): Command {
  return group(session, path, text).option('--json', 'print JSON instead of text');
}

/** What a command does with its arguments and options, which come last. */
export type Work = (...args: never[]) => Outcome | OutcomeStream | Promise<Outcome>;

/** Lets a command do its work and show what it came to. */
export function carryOut(session: Session, command: Command, work: Work): Command {
  return command.action(async (...args: unknown[]) => {
    // Commander hands over the arguments, the options and the command. Each command states their types in its Work.
    const options = checkOptions(command.opts<CommonOptions>());
    const outcome = await work(...([...args.slice(0, -2), options] as never[]));
    await session.show(outcome, options.json === true);
  });
}

/**
 * Commander misses a required option before it looks at unknown ones: `--skye FILE` would only be told that `--skey` is
 * missing. Parses the arguments again with nothing required, for the error about the unknown option and its suggestion.
 */
function refuseMisspelt({ surroundings: { args } }: Session, command: Command): void {
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
