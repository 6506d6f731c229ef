/** The files of a log that were given to a command that verifies: in any order of a shell, and with the files beside it. */
import { closeSync, existsSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Terms } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import { sourceName } from '@evolock/command-line/text';
import { beginsAsKeyFile } from '@evolock/direct-serialise-io/files';
import { hashesOf, sealsOf } from '../../files/log-file.js';
import {
  areNumbered,
  byDate,
  isStray,
  oldestFirst,
  oldNames,
  withTime,
} from '../../files/old-files.js';
import { faultOfVerifierKey } from '../../format/key.js';
import { readNote } from '../../format/note.js';

export const ROTATED: Terms = {
  text: `
    --rotated <pattern>  the names of old files in the folder of the log, with *, in quotes: 'audit.log.*'`,
};

/** What was given. */
export interface GivenOptions {
  readonly seals?: string;
  readonly hashes?: string;
  readonly rotated?: string;
}

/** The files of a log. */
export interface LogPaths {
  /** The files of entries, in order. */
  readonly logs: readonly string[];
  readonly seals: string;
  /** `undefined` when there are none. */
  readonly hashes: string | undefined;
}

/** The files of a log, and what a person has to know of how they were taken. */
export interface GivenPaths extends LogPaths {
  /** Whether the files of entries were given in another order. */
  readonly isReordered: boolean;
  readonly notes: readonly string[];
}

/** What a person has to know. */
export function notesOf({ logs, isReordered, notes }: GivenPaths): string[] {
  const order = `the files of entries are taken in this order: ${logs.map(sourceName).join(' ')}`;
  return isReordered && logs.length > 1 ? [order, ...notes] : [...notes];
}

/** Refuses a file beside the log: who can change the log can change it too, so it proves nothing. */
export function refuseBeside(
  option: string,
  path: string,
  { logs, seals }: Pick<LogPaths, 'logs' | 'seals'>,
): void {
  const foldersOf = (file: string) => [
    dirname(resolve(file)),
    ...(existsSync(file) ? [dirname(realpathSync(file))] : []),
  ];
  const folders = [...logs, seals].flatMap(foldersOf);
  if (!foldersOf(path).some((folder) => folders.includes(folder))) return;
  throw usage(
    `${option} ${sourceName(path)}: it is beside the log, and who can change the log can replace it: keep it elsewhere, best on another machine`,
  );
}

/** The files that are given, and those beside the last one. */
export function pathsOf(given: readonly string[], options: GivenOptions): GivenPaths {
  const all = options.rotated === undefined ? given : withOld(given, options.rotated);
  const files = onceEach(all);
  const kinds = files.map((path) => ({ path, kind: kindOf(path, files, options.rotated) }));
  const entries = kinds.filter(({ kind }) => kind === undefined).map(({ path }) => path);
  if (entries.length === 0)
    throw usage(
      `${files.map(sourceName).join(' ')}: ${files.length === 1 ? 'it is no' : 'none of them is a'} file of entries: give the log`,
    );
  const logs = inOrder(entries);
  const last = logs.at(-1) ?? '';
  const onlyOne = (kind: string) => {
    const [one, ...others] = kinds.filter((each) => each.kind === kind);
    return others.length === 0 ? one?.path : undefined;
  };
  const beside = hashesOf(last);
  const paths = {
    logs,
    seals: options.seals ?? onlyOne(SEALS) ?? sealsOf(last),
    hashes: options.hashes ?? onlyOne(HASHES) ?? (existsSync(beside) ? beside : undefined),
  };
  for (const name of ['seals', 'hashes'] as const) {
    const path = options[name];
    if (path !== undefined && logs.map(identityOf).includes(identityOf(path)))
      throw usage(`--${name} ${sourceName(path)}: it is the log`);
  }
  return {
    ...paths,
    isReordered: logs !== entries,
    notes: kinds.flatMap(({ path, kind }) =>
      kind === undefined || kind === SEALS || kind === HASHES
        ? []
        : [`${sourceName(path)}: it is ${kind}, and is not read`],
    ),
  };
}

/** Leaves out other names of a file, as of one that is given twice. Of these, the log has seals. */
function onceEach(paths: readonly string[]): string[] {
  const files = new Map<string, string>();
  for (const path of paths) {
    const identity = identityOf(path);
    if (!files.has(identity) || existsSync(sealsOf(path))) files.set(identity, path);
  }
  return [...files.values()];
}

/** The same for all names of a file. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() === true ? `${stat.dev} ${stat.ino}` : path;
}

/** The other order of numbered old files, whose times can mislead; `undefined` of other files. */
export function otherOrderOf(paths: GivenPaths): GivenPaths | undefined {
  const old = paths.logs.slice(0, -1);
  if (old.length < 2 || !areNumbered(old.map((path) => ({ path })))) return undefined;
  // A pipe was read to its end.
  if (!paths.logs.every((path) => statSync(path).isFile())) return undefined;
  return { ...paths, logs: [...old.reverse(), ...paths.logs.slice(-1)], isReordered: true };
}

const SEALS = 'the seals';
const HASHES = 'the hashes';

/** Files beside a log, by the endings of their names. */
const KINDS: readonly (readonly [ending: RegExp, kind: string])[] = [
  [/\.seals$/, SEALS],
  [/\.hashes$/, HASHES],
  [/\.chain$/, 'the chain of a checkpoint'],
  [/\.(?:hint|renewal|erasure|evolock-lock)$/, 'a file of a sealer'],
];

const MOST_NOTE_BYTES = 1 << 16;

/** What a file is, in words; `undefined` when it has entries. A file alone that has seals is a log, whatever its name. */
function kindOf(
  path: string,
  files: readonly string[],
  rotated: string | undefined,
): string | undefined {
  const [, kind] = KINDS.find(([ending]) => ending.test(path)) ?? [];
  if (files.length === 1) return existsSync(sealsOf(path)) ? undefined : kind;
  if (kind !== undefined) return kind;
  if (files.includes(path.replace(/\.old-\d+$/, '')) && /\.old-\d+$/.test(path))
    return 'the log before this one';
  if (isStray(path, rotated) && !existsSync(sealsOf(path)))
    return 'a copy, or the file of another program, by its name';
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > MOST_NOTE_BYTES) return undefined;
  const text = publicText(path);
  if (text === undefined) return 'the file of a signing key';
  if (readNote(text) !== undefined) return 'a checkpoint, which --checkpoint takes from elsewhere';
  return faultOfVerifierKey(text.trim()) === undefined ? 'a verifier key' : undefined;
}

/** The text of a small file; `undefined` for that of a signing key, of which no more than the beginning is read. */
function publicText(path: string): string | undefined {
  const fd = openSync(path, 'r');
  try {
    return beginsAsKeyFile(fd) ? undefined : readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** The old files that a pattern gives, and the log. */
function withOld(given: readonly string[], rotated: string): string[] {
  const [log = '', ...others] = given;
  if (others.length > 0)
    throw usage(
      '--rotated finds the old files: give the live one alone, and the pattern in quotes',
    );
  // That the log is not there is said when it is opened.
  if (!existsSync(dirname(log))) return [log];
  // The names are those of the folder: a link leads to another.
  return [...sealersOrder(oldNames(join(dirname(log), basename(log)), rotated, [])), log];
}

/**
 * The order of the files of entries. The live one is the last: when the seals are beside another, a shell put them in order. Then
 * the older ones are ordered as a sealer does it. Otherwise only dates in the names change it, since the times of copies mislead.
 */
function inOrder(entries: readonly string[]): readonly string[] {
  const [live, ...others] = entries.filter((path) => existsSync(sealsOf(path)));
  if (live === undefined || others.length > 0) return entries;
  const old = entries.filter((path) => path !== live);
  const isLast = live === entries.at(-1);
  const dated = byDate(old.map((path) => ({ path })))?.map(({ path }) => path);
  const order = [...(dated ?? (isLast ? old : sealersOrder(old))), live];
  return order.every((path, index) => path === entries[index]) ? entries : order;
}

function sealersOrder(paths: readonly string[]): string[] {
  return oldestFirst(paths.map(withTime)).map(({ path }) => path);
}
