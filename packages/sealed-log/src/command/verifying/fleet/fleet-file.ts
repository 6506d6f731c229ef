/** The list of a fleet, in TOML: what is asked of each of many logs. */
import { dirname, resolve } from 'node:path';
import { usage } from '@evolock/command-line/errors';
import {
  parseToml,
  tablesOf,
  text,
  tomlValues,
  yesOrNo,
  type TomlKeys,
  type TomlTable,
} from '@evolock/command-line/files/toml';
import { InvalidArgumentError } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { faultOfVerifierKey } from '../../../format/key.js';
import { ageInOption, secondsInOption } from '../log-options.js';
import { wholeOf } from '../read.js';

/** A verifier key of a log, and when it counted. */
export interface KnownKey {
  readonly key: string;
  readonly from: Date;
  /** Absent of the one that counts now. */
  readonly until?: Date;
  /** Who entered it. */
  readonly by: string;
}

/** A log of a fleet. All paths are absolute. */
export interface FleetLog {
  readonly name: string;
  readonly key: string;
  /** Paths with patterns. */
  readonly files: readonly string[];
  readonly erased?: string;
  readonly retention?: number;
  readonly policy?: string;
  readonly maxAge?: number | 'none';
  readonly firstEntry?: number;
  readonly ended?: boolean;
  readonly keys?: readonly KnownKey[];
}

export interface Fleet {
  readonly path: string;
  /** The folder of the states. */
  readonly state: string;
  readonly logs: readonly FleetLog[];
}

/** A list of some 10,000 logs, in bytes. */
const MOST_BYTES = 1 << 24;

/** Names of files of states are made of them. */
const MOST_NAME = 80;

type Value = TomlKeys[string];

const TOP = { state: { key: 'state', ...text }, logs: tablesOf('log') } satisfies TomlKeys;

const moment: Omit<Value, 'key'> = {
  words: 'a date like 2027-01-31, without quotes',
  ofFile: (value) => (value instanceof Date ? new Date(value) : undefined),
};

const KNOWN_KEYS: TomlKeys = {
  key: { key: 'key', ...text },
  from: { key: 'from', ...moment },
  until: { key: 'until', ...moment },
  by: { key: 'by', ...text },
};

const LOG_KEYS: TomlKeys = {
  name: { key: 'name', ...text },
  key: { key: 'key', ...text },
  files: { key: 'files', words: 'text, or an array of text', ofFile: textsOf },
  erased: { key: 'erased', ...text },
  retention: { key: 'retention', words: 'a time like "400d"', ofFile: timeBy(secondsInOption) },
  policy: { key: 'policy', ...text },
  maxAge: { key: 'max_age', words: 'a time like "30m", or "none"', ofFile: timeBy(ageInOption) },
  firstEntry: { key: 'first_entry', words: 'a whole number', ofFile: wholeNumberOf },
  ended: { key: 'ended', ...yesOrNo },
  keys: {
    ...tablesOf('log.keys'),
    key: 'keys',
    words: 'a list of { key = "…", from = 2027-01-31, until = 2027-06-30, by = "…" }',
  },
};

/** Reads a list. Paths are relative to its folder. */
export async function readFleet(session: Session, path: string): Promise<Fleet> {
  const content = await wholeOf(session, path, MOST_BYTES);
  const where = sourceName(path);
  const lines = content.toString().split('\n');
  const top = parseToml(path, content);
  const { logs: tables, state = 'state' } = tomlValues(where, top, TOP) as {
    readonly logs?: readonly TomlTable[];
    readonly state?: string;
  };
  if (tables === undefined) throw usage(`${where}: it has no log: add ${TOP.logs.words}`);
  const folder = resolve(dirname(path));
  const logs = tables.map((table, index) =>
    logOf(table, folder, (key) => placeOf(`${where}: log ${index + 1}`, lines, index, key)),
  );
  const names = logs.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twice >= 0)
    throw usage(
      `${placeOf(`${where}: log ${twice + 1}`, lines, twice, 'name')}: another log has the name ${printable(names[twice] ?? '')}: each has its own`,
    );
  return { path, state: resolve(folder, state), logs };
}

function logOf(table: TomlTable, folder: string, where: (key: string) => string): FleetLog {
  const values = tomlValues(where, table, LOG_KEYS) as Partial<FleetLog> & {
    readonly keys?: readonly TomlTable[];
  };
  const { name, key, files, erased, policy, keys, ...others } = values;
  if (name === undefined || key === undefined || files === undefined)
    throw usage(`${where('')}: name, key and files are needed`);
  if (encodeURIComponent(name).length > MOST_NAME)
    throw usage(`${where('name')}: name: it has more than ${MOST_NAME} characters`);
  const keyOf = (given: string) =>
    faultOfVerifierKey(given) === undefined ? given : resolve(folder, given);
  return {
    ...others,
    name,
    key: keyOf(key),
    files: files.map((each) => resolve(folder, each)),
    ...(erased !== undefined && {
      erased: /^[\d,-]+$/.test(erased) ? erased : resolve(folder, erased),
    }),
    ...(policy !== undefined && { policy: resolve(folder, policy) }),
    ...(keys !== undefined && { keys: knownKeys(keys, keyOf, where) }),
  };
}

/** The history of the keys of a log: each counted until the next did. */
function knownKeys(
  tables: readonly TomlTable[],
  keyOf: (given: string) => string,
  where: (key: string) => string,
): KnownKey[] {
  const keys = tables.map((table) => {
    const each = tomlValues(`${where('keys')}: keys`, table, KNOWN_KEYS) as Partial<KnownKey>;
    const { key, from, by } = each;
    if (key === undefined || from === undefined || by === undefined)
      throw usage(`${where('keys')}: keys: each needs key, from and by`);
    return { ...each, key: keyOf(key), from, by };
  });
  const areInOrder = keys.every(({ from, until }, index) => {
    const next = keys[index + 1];
    if (next === undefined) return until === undefined;
    return until !== undefined && from <= until && until <= next.from;
  });
  if (!areInOrder)
    throw usage(
      `${where('keys')}: keys: they stand in the order of time, each with until, which is not after the from of the next; the last has no until`,
    );
  return keys;
}

function textsOf(value: unknown): readonly string[] | undefined {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  const isText = (each: unknown): each is string => typeof each === 'string' && each !== '';
  return all.length > 0 && all.every(isText) ? all : undefined;
}

function wholeNumberOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}

function timeBy<T>(read: (words: string) => T): (value: unknown) => T | undefined {
  return (value) => {
    try {
      return typeof value === 'string' ? read(value) : undefined;
    } catch (error) {
      if (error instanceof InvalidArgumentError) return undefined;
      throw error;
    }
  };
}

/** The line of a key of a table, or of the table: the parser does not tell them. */
function placeOf(where: string, lines: readonly string[], table: number, key: string): string {
  const heads = lines.flatMap((line, at) =>
    /^\s*\[\[\s*["']?log["']?\s*\]\]/.test(line) ? [at] : [],
  );
  const head = heads[table];
  if (head === undefined) return where;
  const end = heads[table + 1] ?? lines.length;
  const at = lines.findIndex((line, index) => {
    const [, name] = /^\s*["']?([^\s"'=.]+)["']?\s*[=.]/.exec(line) ?? [];
    return index > head && index < end && name === key;
  });
  return `${where}, line ${(at < 0 ? head : at) + 1}`;
}
