/** The old files of a log, by their names and the times of their last changes. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { unpackedName } from './packed-file.js';

/** Files beside a log that have none of its entries. */
const OURS = /\.(?:seals|hashes|chain|hint|renewal|erasure|old-\d+|evolock-lock)$/;

/** Copies, and what collectors of logs and other programs keep beside a log. */
const STRAY =
  /(?:~|\.(?:bak|backup|orig|save|sw[a-p]|tmp|pos|offset|state|lock|lck|pid)|[ ._(-]copy\b[^/]*)$/i;

/**
 * Whether a file is none of a log by its name, unless the pattern of the old files names it. A copy that is taken for an old file
 * makes changed lines of the log look new.
 */
export function isStray(path: string, rotated = ''): boolean {
  return STRAY.test(path) && !STRAY.test(rotated);
}

/**
 * The names that a pattern gives, also with the ending of a compressed file, unless the unpacked one is there: then it is being
 * compressed, or was unpacked. Of `log.1` and `log.2`, the newer is the last.
 */
export function oldNames(path: string, rotated: string, others: readonly string[]): string[] {
  const parts = rotated
    .split('*')
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  const isOld = new RegExp(`^${parts.join('.*')}$`, 's');
  const names = readdirSync(dirname(path), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  return names
    .filter((name) => isOld.test(unpackedName(name)))
    .filter((name) => unpackedName(name) === name || !names.includes(unpackedName(name)))
    .sort(byNumbers)
    .map((name) => join(dirname(path), name))
    .filter((file) => !OURS.test(file) && file !== path && !others.includes(file));
}

/** The compressed file beside an unpacked one; `undefined` when there is none. */
export function packedBeside(path: string): string | undefined {
  const name = readdirSync(dirname(path)).find(
    (each) => each !== basename(path) && unpackedName(each) === basename(path),
  );
  return name === undefined ? undefined : join(dirname(path), name);
}

/** Whether this process may read a file. */
export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** An old file. */
export interface OldFile {
  readonly path: string;
  /** When it was last changed, in nanoseconds since 1970. */
  readonly changed: bigint;
}

/**
 * Files, oldest first. Dates in their names decide. So do numbers at the ends of more than two names, of which the greatest is
 * the oldest, unless all times say the opposite. Otherwise the times decide, and of equal times the names: a late line or a
 * copy gives an old file a new time.
 */
export function oldestFirst<Each extends OldFile>(files: readonly Each[]): Each[] {
  return byDate(files) ?? byNumber(files) ?? byTime(files);
}

function byTime<Each extends OldFile>(files: readonly Each[]): Each[] {
  return [...files].sort(
    (left, right) => Number(left.changed - right.changed) || byNumbers(left.path, right.path),
  );
}

/** The files by the dates in their names, which differ in nothing else; `undefined` when they have none. */
export function byDate<Each extends Pick<OldFile, 'path'>>(
  files: readonly Each[],
): Each[] | undefined {
  if (!areAlike(files, DATE)) return undefined;
  const dateOf = ({ path }: Each) => DATE.exec(unpackedName(basename(path)))?.[0] ?? '';
  return [...files].sort((left, right) => byNumbers(dateOf(right), dateOf(left)));
}

/** Whether files differ in the numbers of their names only. Of two such files, nothing but the seals tells the order. */
export function areNumbered(files: readonly Pick<OldFile, 'path'>[]): boolean {
  return areAlike(files, NUMBER);
}

function byNumber<Each extends OldFile>(files: readonly Each[]): Each[] | undefined {
  if (files.length < 3 || !areNumbered(files)) return undefined;
  const sorted = [...files].sort((left, right) => byNumbers(left.path, right.path));
  const isOpposite = sorted
    .slice(1)
    .every(({ changed }, index) => changed < (sorted[index]?.changed ?? changed));
  return isOpposite ? undefined : sorted;
}

/** A date in a name, with or without a time, and what may follow it among several of one moment. */
const DATE = /(?<!\d)\d{4}[-_.]?\d\d[-_.]?\d\d[-_.T\d]*/;

/** The number that logrotate and others give the end of a name. */
const NUMBER = /\.[1-9]\d{0,3}$/;

/** Whether all names have such a part, and differ in nothing else. */
function areAlike(files: readonly Pick<OldFile, 'path'>[], part: RegExp): boolean {
  const names = files.map(({ path }) => unpackedName(basename(path)));
  const rests = new Set(names.map((name) => name.replace(part, '')));
  return rests.size === 1 && names.every((name) => part.test(name));
}

/** Compares names by their numbers: the greater is the first. */
function byNumbers(left: string, right: string): number {
  return right.localeCompare(left, 'en', { numeric: true });
}

/** An old file with its time. */
export function withTime(path: string): OldFile {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return { path, changed: stat?.mtimeNs ?? 0n };
}
