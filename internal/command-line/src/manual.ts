/** Manual pages in the macros of man(7), from the tree of commands. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { examplesOf, exitCodesOf, optionsOf, type Example } from './command.js';
import { wholeProgram, type ProgramTree } from './tree.js';

declare const PACKAGE_VERSION: string;
declare const RELEASE_DATE: string;

/** What a page states besides its command. */
interface Release {
  readonly version: string;
  /** `2026-11-27`. */
  readonly date: string;
}

/** A manual page. */
interface Page {
  /** `kes-opcert-issue.1`. */
  readonly file: string;
  readonly text: string;
}

/**
 * A step of the build: writes the manual pages.
 *
 * @param program - The program.
 * @param folder - Where; man finds the pages of a folder that is named `man1`.
 */
export async function writePages(program: ProgramTree, folder: string): Promise<void> {
  const root = await wholeProgram(program);
  mkdirSync(folder, { recursive: true });
  const release = { version: PACKAGE_VERSION, date: RELEASE_DATE.slice(0, 10) };
  for (const { file, text } of pagesOf(root, release)) writeFileSync(join(folder, file), text);
  // Another name leads to the page of the program.
  for (const alias of program.aliases ?? [])
    writeFileSync(join(folder, `${alias}.1`), `.so man1/${program.name}.1\n`);
}

/** The pages of a command and of all commands below it. */
function pagesOf(command: Command, release: Release, path = command.name()): Page[] {
  const children = command.createHelp().visibleCommands(command);
  return [
    { file: `${nameOf(path)}.1`, text: pageOf(command, path, release) },
    ...children.flatMap((child) => pagesOf(child, release, `${path} ${child.name()}`)),
  ];
}

function pageOf(command: Command, path: string, { version, date }: Release): string {
  const help = command.createHelp();
  const children = help.visibleCommands(command);
  const named = command.registeredArguments.filter(({ description }) => description !== '');
  const lines = [
    `.TH ${nameOf(path).toUpperCase()} 1 ${date} "evolock ${version}" "User Commands"`,
    '.SH NAME',
    `${plain(nameOf(path))} \\- ${plain(command.summary())}`,
    '.SH SYNOPSIS',
    `.B ${plain(path)}`,
    plain(command.usage()),
    '.SH DESCRIPTION',
    plain(command.description()),
    ...section('COMMANDS', children, (child) => commandIn(path, child)),
    ...section('ARGUMENTS', named, argumentIn),
    ...section('OPTIONS', optionsOf(command), optionIn),
    ...section('EXAMPLES', examplesOf(command), exampleIn),
    '.SH EXIT STATUS',
    ...verbatim(exitCodesOf(command)),
    ...seeAlso(path),
  ];
  return `${lines.join('\n')}\n`;
}

function section<T>(title: string, items: readonly T[], linesOf: (item: T) => string[]): string[] {
  return items.length === 0 ? [] : [`.SH ${title}`, ...items.flatMap(linesOf)];
}

function commandIn(path: string, child: Command): string[] {
  return ['.TP', `.BR ${plain(nameOf(`${path} ${child.name()}`))} (1)`, plain(child.summary())];
}

function argumentIn(argument: Argument): string[] {
  return described(`<${argument.name()}>`, argument.description, argument.argChoices);
}

function optionIn({ flags, description, argChoices }: Option): string[] {
  return described(flags, description, argChoices);
}

function described(term: string, words: string, choices: readonly string[] | undefined): string[] {
  const values = choices === undefined ? '' : ` (one of ${choices.join(', ')})`;
  return ['.TP', `.B ${plain(term)}`, plain(`${words}${values}`)];
}

function exampleIn([line, words]: Example): string[] {
  return ['.PP', plain(words.endsWith('?') ? words : `${words}:`), ...verbatim([`  ${line}`])];
}

function verbatim(lines: readonly string[]): string[] {
  return ['.PP', '.nf', ...lines.map(plain), '.fi'];
}

/** The page of the group, or of the whole command. */
function seeAlso(path: string): string[] {
  const above = path.split(' ').slice(0, -1).join(' ');
  return above === '' ? [] : ['.SH SEE ALSO', `.BR ${plain(nameOf(above))} (1)`];
}

/** The name of the page of a command. */
function nameOf(path: string): string {
  return path.replaceAll(' ', '-');
}

/** Text that has no meaning to the formatter: a hyphen stays one, and a line that begins with a dot is no macro. */
function plain(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replace(/^(?=[.'])/, String.raw`\&`);
}
