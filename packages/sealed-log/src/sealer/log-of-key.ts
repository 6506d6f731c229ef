/** Which log a key seals: the one whose first seal its first key made. A name of a log, or of a key file, can be mistyped. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sealsOf } from '../files/log-file.js';
import { SealsFile } from '../following/seals-file.js';
import type { LogKey } from '../format/key.js';
import { readSealLine } from '../format/seal.js';
import { native } from '../native.js';
import { isSealed } from '../verify/cryptography.js';

/** Whether a key made the first seal of a file of seals. */
export function hasSealOf(seals: string, firstKey: LogKey, keyFile: string | undefined): boolean {
  using file = new SealsFile(seals, keyFile);
  const [first] = file.all();
  const seal = first === undefined ? undefined : readSealLine(first);
  return seal !== undefined && isSealed(native, firstKey, seal);
}

/** The seals of a key in the folder of a log that are not those of the log; `undefined` when there are none. */
export function sealsElsewhere(
  log: string,
  firstKey: LogKey,
  keyFile: string | undefined,
): string | undefined {
  const has = (seals: string): boolean => {
    try {
      return hasSealOf(seals, firstKey, keyFile);
    } catch {
      // A file that is refused has no seals of this process.
      return false;
    }
  };
  if (has(sealsOf(log))) return undefined;
  return readdirSync(dirname(log))
    .filter((name) => name.endsWith(sealsOf('')))
    .map((name) => join(dirname(log), name))
    .find(has);
}

/** A key file, and what is known of its log. */
export function keyInWords(keyFile: string, { origin }: LogKey, seals: string | undefined): string {
  const place = seals === undefined ? '' : `, whose seals are in ${seals}`;
  return `${keyFile}, of ${origin}${place}`;
}
