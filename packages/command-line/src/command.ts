/** Commands of Commander, made of definitions. */
import type { EventEmitter } from 'node:events';
import { checkRecord } from '@evolock/direct-serialise/arguments';
import { Argument, Command, type CommanderError, Option } from 'commander';
import type { Answer, AnswerStream } from './answer.js';
import { CHECKED, type CommandError, type ExitCode, usage } from './errors.js';
import { InvalidArgumentError, VALUES } from './option-values.js';
import { stdinTwice, type Session } from './session.js';
import { STDIN } from './text.js';

export type { Command } from 'commander';

/** A command line that can be typed as it is, and what it does. */
export type Example = readonly [line: string, words: string];

export interface CommandText {
  /**
   * A paragraph, or the summary stands for it; arguments and options, each with its words behind two spaces; examples, each
   * as `# words` and `$ line`.
   */
  readonly text: string;
  /** The exit codes that the command can end with: those of most commands when absent. */
  readonly exitCodes?: readonly ExitCode[];
}

/** What an option takes: text that is parsed, or one of some words. Other options take any text. */
type OptionValue = ((text: string, before: unknown) => unknown) | readonly string[];

/** Arguments and options in a text. */
export interface Terms {
  readonly text: string;
  readonly values?: Readonly<Record<string, OptionValue>>;
  readonly needed?: readonly string[];
  /** Whether an argument that is absent is standard input. */
  readonly readsStdin?: boolean;
  /** Whether the help leaves the options out, as a topic of its own explains them. */
  readonly areHidden?: boolean;
  /** Other spellings, which the help and the completion do not show: `--control-address <path>` for `control`. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** A command: its help and its work. Its words and its summary are in the table of commands. */
export interface Definition extends CommandText, Terms {
  readonly options?: readonly Terms[];
  /** Its parameters are the session, the arguments, then the options. The session shows the answer. */
  readonly work?: (session: Session, ...args: never[]) => Answer | AnswerStream | Promise<Answer>;
  /** Work without an answer, which has no `--json`. */
  readonly run?: (session: Session, ...args: never[]) => Promise<void>;
  /** Whether the command holds no key, and reports an open inspector. */
  readonly reportsInspector?: boolean;
}

/** What Commander does not know of a command: its examples, and its exit codes, one a line. */
interface Addition {
  readonly examples: readonly Example[];
  readonly exitCodes: readonly string[];
}

const ADDITIONS = new WeakMap<Command, Addition>();

export function examplesOf(command: Command): readonly Example[] {
  return ADDITIONS.get(command)?.examples ?? [];
}

/** The options of a command, with those that a topic of the help explains, and without other spellings. */
export function optionsOf(command: Command): readonly Option[] {
  const explained = command.options.filter(
    ({ hidden, description }) => hidden && description !== '',
  );
  return [...command.createHelp().visibleOptions(command), ...explained];
}

export function exitCodesOf(command: Command): readonly string[] {
  return ADDITIONS.get(command)?.exitCodes ?? [];
}

/**
 * A command, or a group of commands, with its help. Its path is all its words: `kes opcert issue`. A wrong command line is
 * one line on stderr.
 */
export function group(session: Session, path: string, summary: string, text: CommandText): Command {
  const [, description] = DESCRIPTION.exec(text.text) ?? [];
  const command = new Command(path.split(' ').at(-1))
    .summary(summary)
    .description(description ?? `${summary}.`)
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
  const examples = examplesIn(text.text);
  const exitCodes = (text.exitCodes ?? CHECKED).map(
    (code) => `${String(code).padStart(3)}  ${session.program.exitCodes[code] ?? ''}`,
  );
  ADDITIONS.set(command, { examples, exitCodes });
  const after = ['', ...examplesInWords(examples), '', 'Exit codes:', ...exitCodes, ''];
  return command.addHelpText('after', after.join('\n'));
}

/** The parts of a text: a paragraph at its beginning, an argument or an option, and an example. */
const DESCRIPTION = /^\n *([^ #<[\n-].*)/;
const TERM = /^ *([-<[].*?)(?: {2,}(.+))?$/gm;
const EXAMPLE = /^ *# (.+)\n *\$ (.+)$/gm;

function examplesIn(text: string): Example[] {
  return [...text.matchAll(EXAMPLE)].map(([, words = '', line = '']) => [line, words]);
}

function addTerms(
  command: Command,
  { text, values = {}, needed = [], readsStdin = false, areHidden = false, aliases = {} }: Terms,
): void {
  for (const [, flags = '', words = ''] of text.matchAll(TERM)) {
    const term = flags.startsWith('-') ? new Option(flags, words) : new Argument(flags, words);
    const name = term instanceof Option ? term.attributeName() : term.name();
    const [, kind = ''] = /<(\w+)>/.exec(flags) ?? [];
    const value = values[name] ?? VALUES[kind];
    if (Array.isArray(value)) term.choices(value);
    if (typeof value === 'function') term.argParser(value);
    if (term instanceof Option) {
      if (term.required && !collects(term)) refuseTwice(term);
      command.addOption(term.makeOptionMandatory(needed.includes(name)).hideHelp(areHidden));
    } else command.addArgument(readsStdin ? term.default(term.variadic ? [STDIN] : STDIN) : term);
  }
  for (const [flags, name] of Object.entries(aliases)) addAlias(command, flags, name);
}

/** Whether all values of an option count: its function takes those before, too. */
function collects({ variadic, parseArg, argChoices }: Option): boolean {
  return variadic || (argChoices === undefined && parseArg?.length === 2);
}

/** Refuses a second value of an option: Commander would take the last one without a word. */
function refuseTwice(option: Option): void {
  const { parseArg } = option;
  option.argParser((text: string, before: unknown) => {
    if (before !== undefined)
      throw new InvalidArgumentError('It is given twice, and has one value.');
    return parseArg === undefined ? text : parseArg(text, before);
  });
}

function addAlias(command: Command, flags: string, name: string): void {
  const alias = new Option(flags).hideHelp();
  // Commander documents its commands as emitters of `option:NAME`, and declares only `on`. The handler of the option
  // itself parses the value and collects values.
  const emitter = command as unknown as EventEmitter;
  command.on(`option:${alias.name()}`, (value: unknown) => emitter.emit(`option:${name}`, value));
  command.addOption(alias);
}

export function commandOf(
  session: Session,
  path: string,
  summary: string,
  definition: Definition,
): Command {
  const { options = [], work, run, readsStdin = false, reportsInspector = false } = definition;
  const command = group(session, path, summary, definition);
  if (work !== undefined) command.option('--json', 'print JSON instead of text');
  for (const terms of [definition, ...options]) addTerms(command, terms);
  return command.action(async (...args: unknown[]) => {
    const given = checkRecord('options', command.opts<{ readonly json?: boolean }>());
    // Commander passes arguments without types. Each command states their types, which the compiler cannot compare.
    const all = [...args.slice(0, -2), given] as never[];
    await run?.(session, ...all);
    if (work === undefined) return;
    if (!reportsInspector) session.refuseInspector();
    const isTwice = [args[0]].flat().filter((each) => each === STDIN).length > 1;
    if (readsStdin && isTwice) throw stdinTwice();
    await session.show(await work(session, ...all), given.json === true);
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
  return usage(`${first}${hint === '' ? '' : ` ${hint}`} (see ${path} --help)`, { cause: error });
}

function examplesInWords(examples: readonly Example[]): string[] {
  return ['Examples:', ...examples.flatMap(([line, words]) => [`  # ${words}`, `  $ ${line}`])];
}
