import { lstatSync, realpathSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Whether two paths lead to one file, or would if there were one: by two ways to its folder, in the letters of a file
 * system that takes large and small ones for the same, by two names of it (hard links). A link is a file of its own.
 *
 * @internal
 */
export function areSamePlace(one: string, other: string): boolean {
  if (placeOf(one) === placeOf(other)) return true;
  const [found, second] = [statsOf(one), statsOf(other)];
  return found !== undefined && found.dev === second?.dev && found.ino === second.ino;
}

function placeOf(path: string): string {
  const place = resolve(path);
  return attemptOr(place, () => join(realpathSync(dirname(place)), basename(place)));
}

function statsOf(path: string): BigIntStats | undefined {
  return attemptOr(undefined, () => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
}

/** What cannot be looked at is told by whoever has to do something there. */
function attemptOr<Result>(otherwise: Result, look: () => Result): Result {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
