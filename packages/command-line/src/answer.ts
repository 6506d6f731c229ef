/**
 * What a command answers: the result, the checks that lead to it, and the facts. One renderer makes text for a person of it,
 * JSON for a program, and an exit code.
 */
import { ExitCode } from './errors.js';
import { jsonText, wrapped, type Style } from './text.js';

/** A value of JSON. 64-bit numbers are strings. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

export type JsonMembers = Readonly<Record<string, Json | undefined>>;

/** The result of one check. It is a value of JSON as it is. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- an interface has no index signature
export type Check = {
  readonly valid: boolean;
  readonly words: string;
};

const MARKS = {
  good: ['✓', 'good'],
  bad: ['✗', 'bad'],
  weak: ['!', 'warning'],
  critical: ['!', 'bad'],
  unknown: ['?', 'warning'],
  skipped: ['-', 'warning'],
} as const;

export type Mark = keyof typeof MARKS;

/** A line that is neither valid nor invalid. */
export interface MarkedLine {
  readonly mark: Mark;
  readonly words: string;
}

/** A name and its value. A name that is empty continues the fact before. */
export type Fact = readonly [name: string, value: string, mark?: Mark];

export interface Answer {
  /** The subject with the result, in one line; or lines of which each is a result. */
  readonly result?: string | readonly (Check | MarkedLine)[];
  readonly checks?: readonly (Check | MarkedLine)[];
  readonly facts?: readonly Fact[];
  /** What follows the facts: prose, which is wrapped, or lines that fit. */
  readonly after?: readonly string[] | ((style: Style) => readonly string[]);
  /** Replaces all other text: lines for a program. */
  readonly raw?: readonly string[] | undefined;
  readonly json: JsonMembers;
  /** Lines on stderr, and the member `warnings` of the JSON. */
  readonly warnings?: readonly string[];
  /** By the result and the checks when absent. */
  readonly exitCode?: ExitCode;
}

/** An answer in parts. Each part is shown at once, and is one line of JSON. The exit code of the last part counts. */
export type AnswerStream = AsyncIterable<Answer>;

export function done(words: string): readonly Check[] {
  return [{ valid: true, words }];
}

export function allValid(checks: readonly Check[]): boolean {
  return checks.every(({ valid }) => valid);
}

export function exitCodeOf({ exitCode, result = [], checks = [] }: Answer): ExitCode {
  if (exitCode !== undefined) return exitCode;
  const lines = [...(typeof result === 'string' ? [] : result), ...checks];
  return allValid(lines.filter((line) => 'valid' in line)) ? ExitCode.valid : ExitCode.invalid;
}

/** The answer for a program, on one line without an indentation. */
export function answerJson(
  { json }: Answer,
  warnings: readonly string[],
  indentation: number,
): string {
  return jsonText(warnings.length === 0 ? json : { ...json, warnings }, indentation);
}

const WIDTH = 80;

/** The answer for a person, in lines of 80 columns. A result, a key, a path and a command are never broken. */
export function answerText(answer: Answer, style: Style): string[] {
  const { result = [], checks = [], facts = [], after = [], raw } = answer;
  if (raw !== undefined) return [...raw];
  const last = typeof after === 'function' ? after(style) : after.flatMap(prose);
  return [
    ...(typeof result === 'string'
      ? [style.title(result)]
      : result.map((line) => `${marked(markOf(line), style)} ${line.words}`)),
    ...checks.flatMap((check) => markedLines(check, 2, style)),
    ...(checks.length > 0 && facts.length > 0 ? [''] : []),
    ...factLines(facts, style),
    ...(last.length === 0 ? [] : ['', ...last]),
  ];
}

function markOf(line: Check | MarkedLine): Mark {
  if ('mark' in line) return line.mark;
  return line.valid ? 'good' : 'bad';
}

function marked(mark: Mark, style: Style): string {
  const [sign, colour] = MARKS[mark];
  return style[colour](sign);
}

/** A check, or another line with a mark, behind an indentation. */
export function markedLines(line: Check | MarkedLine, indentation: number, style: Style): string[] {
  const [first = '', ...rest] = wrapped(line.words, WIDTH - indentation - 2);
  const margin = ' '.repeat(indentation);
  return [
    `${margin}${marked(markOf(line), style)} ${first}`,
    ...rest.map((each) => `${margin}  ${each}`),
  ];
}

/** A line of prose in lines of 80 columns, with its indentation. */
export function prose(line: string): string[] {
  const indentation = /^ */.exec(line)?.[0] ?? '';
  const lines = wrapped(line.trimStart(), WIDTH - indentation.length);
  return lines.length === 0 ? [''] : lines.map((each) => `${indentation}${each}`);
}

/** The longest name that has its value beside it. */
const LONGEST_NAME = 28;

/** Names and values, the values in one column. A value that cannot fit beside its name is below it. */
function factLines(facts: readonly Fact[], style: Style): string[] {
  const width = Math.min(LONGEST_NAME, Math.max(0, ...facts.map(([name]) => name.length)));
  return facts.flatMap(([name, value, mark]) => {
    const sign = mark === undefined ? ' ' : marked(mark, style);
    const shown = mark === undefined ? style.faint(name.padEnd(width)) : name.padEnd(width);
    const column = width + 4;
    const beside = wrapped(value, WIDTH - column);
    const fits = name.length <= width && beside.every((line) => line.length <= WIDTH - column);
    const below = (lines: string[], indentation: number) =>
      lines.map((line) => `${' '.repeat(indentation)}${line}`);
    if (fits) return [`${sign} ${shown}  ${beside[0] ?? ''}`, ...below(beside.slice(1), column)];
    const head = name === '' ? [] : [`${sign} ${shown.trimEnd()}`];
    return [...head, ...below(wrapped(value, WIDTH - 4), 4)];
  });
}
