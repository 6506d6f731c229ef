/** Text for a terminal or a script, and its colours. */
import { inspect } from 'node:util';

/** Characters that could change a terminal: control, format, bidirectional, private, unassigned, line separators. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text from outside, safe to print on a terminal: replaces every unsafe character by U+FFFD. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, '\ufffd');
}

/** Text as one word of a command line that can be copied: quoted if a shell would split or change it. */
export function shellWord(text: string): string {
  const safe = printable(text);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

/** The words of a command line, to type it again without a flag, and without an option and its value. */
export function typedAgain(words: readonly string[], flag: string, option: string): string {
  const kept = words.filter(
    (each, at) =>
      each !== flag &&
      each !== option &&
      words[at - 1] !== option &&
      !each.startsWith(`${option}=`),
  );
  return kept.map(shellWord).join(' ');
}

/**
 * JSON that is safe to print on a terminal: escapes every unsafe character. Parsing returns the original characters. The
 * indentation is in spaces a level; without it the JSON is one line.
 */
export function jsonText(value: unknown, indent?: number): string {
  // `JSON.stringify` escapes line breaks within strings. Those that remain are layout.
  return JSON.stringify(value, null, indent).replaceAll(UNSAFE, (character) =>
    character === '\n' ? character : escaped(character),
  );
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** A count with its noun: `1 slot`, `2 slots`. */
export function counted(count: number | bigint, noun: string): string {
  return BigInt(count) === 1n ? `1 ${noun}` : `${count} ${noun}s`;
}

/** A word, or what a person copies: text in backquotes, a command after a colon, up to a semicolon or the end. */
const UNBROKEN = /`[^`]*`\S*|(?<=^|: )(?:kes|sealed-log|cardano-cli) .*?(?=; |$)|\S+/g;

/** Text in lines of at most this width. A word is never broken, nor is a command: both are compared and copied. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.match(UNBROKEN) ?? []) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** The path that means standard input. */
export const STDIN = '-';

/** The name of a source in messages. A file name is text, or bytes, which are escaped where they are not UTF-8. */
export function sourceName(path: string | Buffer): string {
  if (path === STDIN) return 'standard input';
  if (typeof path === 'string') return printable(path);
  const text = path.toString('utf8');
  if (Buffer.from(text).equals(path)) return printable(text);
  return path
    .toString('latin1')
    .replaceAll(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const FORMATS = {
  title: 'bold',
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  future: 'cyan',
  faint: 'dim',
} as const;

export type Style = Readonly<Record<keyof typeof FORMATS, (text: string) => string>>;

/** The style of a stream: colours on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`. */
export function styleFor(
  { isTTY = false }: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const isUnwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return isTTY && !isUnwanted ? coloured : plain;
}

export const plain: Style = styleBy((_name, text) => text);

const coloured = styleBy((name, text) => {
  const [on, off] = inspect.colors[FORMATS[name]] ?? [];
  return `\u001b[${on}m${text}\u001b[${off}m`;
});

function styleBy(styled: (name: keyof typeof FORMATS, text: string) => string): Style {
  const names = Object.keys(FORMATS) as (keyof typeof FORMATS)[];
  return Object.fromEntries(
    names.map((name) => [name, (text: string) => styled(name, text)]),
  ) as Style;
}
