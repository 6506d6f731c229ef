/** Files in TOML: read, and their values checked key by key. */
import { parse, TomlError } from 'smol-toml';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { readPublic } from './read.js';

/** Bytes, far above real files. */
const LARGEST = 65_536;

/** A parsed table. Nothing of it is checked. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** A key of a table, and what its value must be. */
export interface TomlKey<T> {
  /** The name of the value in the program. */
  readonly name: string;
  /** Its key in the file. */
  readonly key: string;
  /** What the value must be. */
  readonly words: string;
  /** Returns `undefined` for another value. */
  readonly ofFile: (value: unknown) => T | undefined;
}

export async function readToml(session: Session, path: string): Promise<TomlTable> {
  const bytes = await readPublic(session, path, LARGEST);
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw usage(`${sourceName(path)}: it is not TOML${placeIn(cause)}`, {
      cause,
    });
  }
}

/** The message of the parser has several lines, with a picture of the place. */
function placeIn(error: unknown): string {
  if (!(error instanceof TomlError)) return ': it is not text in UTF-8';
  const [problem = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
  return ` at line ${error.line}, column ${error.column}: ${problem}`;
}

/**
 * The values of a table, by their names in the program. Refuses keys that are not in the list: a misspelt key would be
 * ignored.
 */
export function tomlValues(
  where: string,
  table: TomlTable,
  keys: readonly TomlKey<unknown>[],
): Record<string, unknown> {
  const unknown = Object.keys(table).filter((each) => keys.every(({ key }) => key !== each));
  if (unknown.length > 0) {
    const all = keys.map(({ key }) => key).join(', ');
    const words = printable(unknown.join(', '));
    throw usage(`${where}: unknown ${words}: the keys are ${all}`);
  }
  const found: Record<string, unknown> = {};
  for (const { name, key, words, ofFile } of keys) {
    if (!Object.hasOwn(table, key)) continue;
    const value = ofFile(table[key]);
    if (value === undefined) {
      throw usage(`${where}: ${key}: it must be ${words}`);
    }
    found[name] = value;
  }
  return found;
}

/** How a value is written in an environment variable and in the file. Both functions return `undefined` for another value. */
export interface Kind<T> {
  /** What the value must be. */
  readonly words: string;
  readonly ofText: (text: string) => T | undefined;
  readonly ofFile: (value: unknown) => T | undefined;
}

/** Text that is not empty. */
export const text: Kind<string> = {
  words: 'text',
  ofText: (value) => value,
  ofFile: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
};

/** Several texts; in a variable with colons between them. */
export const texts: Kind<readonly string[]> = {
  words: 'an array of text',
  ofText: (value) => value.split(':').filter((each) => each !== ''),
  ofFile: (value) => (Array.isArray(value) && value.every(isText) ? value : undefined),
};

export const yesOrNo: Kind<boolean> = {
  words: 'true or false',
  ofText: (value) => ({ true: true, false: false })[value],
  ofFile: (value) => (typeof value === 'boolean' ? value : undefined),
};

export function oneOf<T extends string>(choices: readonly T[]): Kind<T> {
  const choice = (value: unknown): T | undefined => choices.find((each) => each === value);
  return { words: `one of ${choices.join(', ')}`, ofText: choice, ofFile: choice };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
