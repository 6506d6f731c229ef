/** Files in TOML: read, and their values checked key by key. */
import { parse, TomlError } from 'smol-toml';
import { nearestName } from '@evolock/direct-serialise/arguments';
import { usage } from '../errors.js';
import { printable, sourceName } from '../text.js';

export type TomlTable = Readonly<Record<string, unknown>>;

/** What a value must be, in a file and in the text of a variable. Both functions return `undefined` for another value. */
interface Kind<T> {
  readonly words: string;
  readonly ofText: (text: string) => T | undefined;
  readonly ofFile: (value: unknown) => T | undefined;
}

/** A value by its key in a file, and by its variable. */
export interface Setting<T = unknown> extends Kind<T> {
  readonly key: string;
  readonly variable?: string;
}

export type TomlKeys = Readonly<Record<string, Omit<Setting, 'ofText'>>>;

/** The values in the bytes of a file. */
export function parseToml(path: string, bytes: Uint8Array): TomlTable {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw usage(`${sourceName(path)}: it is not TOML${placeIn(cause)}`, { cause });
  }
}

/** The message of the parser has several lines, with a picture of the place. */
function placeIn(error: unknown): string {
  if (!(error instanceof TomlError)) return ': it is not text in UTF-8';
  const [problem = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
  return ` at line ${error.line}, column ${error.column}: ${problem}`;
}

/**
 * Reads the values of a table. Refuses keys that are not in the list: a misspelt key would be ignored. The place of a key is for
 * messages.
 */
export function tomlValues(
  where: string | ((key: string) => string),
  table: TomlTable,
  keys: TomlKeys,
): Record<string, unknown> {
  const known = Object.values(keys).map(({ key }) => key);
  const unknown = Object.keys(table).filter((each) => !known.includes(each));
  const placeOf = typeof where === 'string' ? () => where : where;
  const [first] = unknown;
  if (first !== undefined) throw usage(`${placeOf(first)}: ${unknownInWords(unknown, known)}`);
  const given = Object.entries(keys).filter(([, { key }]) => Object.hasOwn(table, key));
  return Object.fromEntries(
    given.map(([name, { key, words, ofFile }]) => {
      const value = ofFile(table[key]);
      if (value === undefined) throw usage(`${placeOf(key)}: ${key}: it must be ${words}`);
      return [name, value];
    }),
  );
}

/** One misspelt key has the right one as its hint, as an option of the library has. */
function unknownInWords(unknown: readonly string[], known: readonly string[]): string {
  const words = `unknown ${printable(unknown.join(', '))}`;
  const nearest = unknown.length === 1 ? nearestName(unknown.join(), known) : undefined;
  return nearest === undefined
    ? `${words}: the keys are ${known.join(', ')}`
    : `${words}: did you mean ${nearest}?`;
}

export const text: Kind<string> = {
  words: 'text',
  ofText: (value) => value,
  ofFile: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
};

/** Several texts; in a variable with colons between them. */
export const texts: Kind<readonly string[]> = {
  words: 'an array of text',
  ofText: (value) => value.split(':').filter((each) => each !== ''),
  ofFile: (value) =>
    Array.isArray(value) && value.every((each): each is string => typeof each === 'string')
      ? value
      : undefined,
};

export const yesOrNo: Kind<boolean> = {
  words: 'true or false',
  ofText: (value) => ({ true: true, false: false })[value],
  ofFile: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** A list of tables with one name. */
export function tablesOf(name: string): Omit<Setting<readonly TomlTable[]>, 'ofText'> {
  return {
    key: name,
    words: `one table [[${name}]] or more`,
    ofFile: (value) =>
      Array.isArray(value) && value.length > 0 && value.every(isTable) ? value : undefined,
  };
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function oneOf<T extends string>(choices: readonly T[]): Kind<T> {
  const choice = (value: unknown): T | undefined => choices.find((each) => each === value);
  return { words: `one of ${choices.join(', ')}`, ofText: choice, ofFile: choice };
}
