/** The old files of a log, by their names and the times of their last changes. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackedName } from './packed-file.js';

/** Files beside a log that have none of its entries. */
const OURS = /\.(?:seals|hashes|chain|hint|renewal|old-\d+|evolock-lock)$/;

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
  return byName(
    names
      .filter((name) => isOld.test(unpackedName(name)))
      .filter((name) => unpackedName(name) === name || !names.includes(unpackedName(name))),
  )
    .map((name) => join(dirname(path), name))
    .filter((file) => !OURS.test(file) && file !== path && !others.includes(file));
}

/** Files by the times of their last changes, oldest first. */
export function oldestFirst(paths: readonly string[]): string[] {
  const timeOf = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  const times = new Map(paths.map((path) => [path, timeOf(path) ?? 0n]));
  return byName(paths).sort((left, right) =>
    Number((times.get(left) ?? 0n) - (times.get(right) ?? 0n)),
  );
}

function byName(names: readonly string[]): string[] {
  return [...names].sort((left, right) => right.localeCompare(left, 'en', { numeric: true }));
}
