/**
 * Whether two paths lead to one file.
 */
import { lstatSync, realpathSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { wrongValue } from '@evolock/direct-serialise/arguments';

/** Refuses the file of the counter as the file of the certificate. */
export function refuseSamePlace(certificatePath: string, counterPath: string): void {
  if (areSamePlace(certificatePath, counterPath))
    throw wrongValue('certificatePath', 'another file than the counter', 'the same');
}

/**
 * Whether two paths lead to one file, existing or not: by two paths to its folder, by hard links, or on a file system that
 * ignores case. A symbolic link is a file of its own.
 */
function areSamePlace(one: string, other: string): boolean {
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

/** Ignores errors: a later step on the path reports them. */
function attemptOr<Result>(otherwise: Result, look: () => Result): Result {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
