/** The successions of a log, in its file of seals: they lead from its first key to the key of any number. */
import type { LogKey } from '../format/key.js';
import { keyAfter, readSealLine, type SealLine } from '../format/seal.js';
import { native } from '../native.js';
import { isSealed } from '../verify/cryptography.js';
import type { SealsFile } from './seals-file.js';

/** What leads to a key. */
export interface Successions {
  /** The first key of the log, and each successor. */
  readonly keys: readonly LogKey[];
  /** The lines of the seals with a successor, without newlines. */
  readonly lines: string[];
  /** Bytes of the file before which no seal of the last key begins. */
  readonly from: number;
}

/**
 * Finds and verifies the successions to the key of a number. Returns the number of the first that is not there.
 *
 * @param number - The number.
 * @param first - The first key of the log.
 * @param file - The file of seals.
 * @param size - Bytes of the file that are read.
 * @param last - The last seal, which the file may lack.
 */
export function successionsTo(
  number: number,
  first: LogKey,
  file: SealsFile,
  size: number,
  last?: SealLine,
): Successions | number {
  const [keys, lines] = [[first], [] as string[]];
  let [key, from] = [first, 0];
  while (key.last < number) {
    const isLast = last?.seal.number === key.last;
    const found = isLast ? { line: last.line, at: size } : file.find(key.last, from, size);
    const seal = found === undefined ? undefined : readSealLine(found.line);
    const isSuccession = seal?.successor !== undefined && isSealed(native, key, seal);
    const next = isSuccession ? keyAfter(key, seal) : undefined;
    if (found === undefined || next === undefined) return key.last;
    keys.push(next);
    lines.push(found.line);
    [key, from] = [next, found.at];
  }
  return { keys, lines, from };
}

/** Lines with their newlines: the chain of a checkpoint. */
export function chainOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
