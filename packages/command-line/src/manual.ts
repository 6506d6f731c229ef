/** Manual pages in the macros of man(7), from the tree of commands. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { examplesOf, exitCodesOf, optionsOf, type Example } from './command.js';
import { placesOf, type Place, type ProgramTree } from './tree.js';

declare const PACKAGE_VERSION: string;
declare const RELEASE_DATE: string;

/** A step of the build: writes the manual pages. Man finds the pages of a folder that is named `man1`. */
export async function writePages(program: ProgramTree, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const place of await placesOf(program))
    writeFileSync(join(folder, `${nameOf(place.path)}.1`), pageOf(place));
  // Another name leads to the page of the program.
  for (const alias of program.aliases ?? [])
    writeFileSync(join(folder, `${alias}.1`), `.so man1/${program.name}.1\n`);
}

function pageOf({ command, path }: Place): string {
  const children = command.createHelp().visibleCommands(command);
  const named = command.registeredArguments.filter(({ description }) => description !== '');
  const date = RELEASE_DATE.slice(0, 10);
  const lines = [
    `.TH ${nameOf(path).toUpperCase()} 1 ${date} "evolock ${PACKAGE_VERSION}" "User Commands"`,
    '.SH NAME',
    `${escaped(nameOf(path))} \\- ${escaped(command.summary())}`,
    '.SH SYNOPSIS',
    `.B ${escaped(path)}`,
    escaped(command.usage()),
    '.SH DESCRIPTION',
    escaped(command.description()),
    ...section('COMMANDS', children, (child) => commandIn(path, child)),
    ...section('ARGUMENTS', named, (each) => described(`<${each.name()}>`, each)),
    ...section('OPTIONS', optionsOf(command), (each) => described(each.flags, each)),
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
  return ['.TP', `.BR ${escaped(nameOf(`${path} ${child.name()}`))} (1)`, escaped(child.summary())];
}

function described(term: string, { description, argChoices }: Argument | Option): string[] {
  const values = argChoices === undefined ? '' : ` (one of ${argChoices.join(', ')})`;
  return ['.TP', `.B ${escaped(term)}`, escaped(`${description}${values}`)];
}

function exampleIn([line, words]: Example): string[] {
  return ['.PP', escaped(words.endsWith('?') ? words : `${words}:`), ...verbatim([`  ${line}`])];
}

function verbatim(lines: readonly string[]): string[] {
  return ['.PP', '.nf', ...lines.map(escaped), '.fi'];
}

function seeAlso(path: string): string[] {
  const above = path.split(' ').slice(0, -1).join(' ');
  return above === '' ? [] : ['.SH SEE ALSO', `.BR ${escaped(nameOf(above))} (1)`];
}

function nameOf(path: string): string {
  return path.replaceAll(' ', '-');
}

/** Text that has no meaning to the formatter: a hyphen stays one, and a line that begins with a dot is no macro. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replace(/^(?=[.'])/, String.raw`\&`);
}
