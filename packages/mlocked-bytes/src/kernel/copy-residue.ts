/**
 * A copy of more than a few bytes goes through the widest registers that the processor has, and what it leaves there
 * reaches the stack when they are saved. The same copy over zeros leaves zeros.
 */

/** Copies larger than this go through the same registers as one of this size. */
const LARGEST = 4_096;

const zeros = new Uint8Array(LARGEST);
const sink = new Uint8Array(LARGEST);
const views = new Map<number, readonly [from: Uint8Array, to: Uint8Array]>();

/**
 * Overwrites what a copy of secret bytes left in the processor's registers. Belongs behind the copy.
 *
 * @param size - Bytes of the copy.
 *
 * @example
 * ```ts
 * import { overwriteCopyResidue } from '@evolock/mlocked-bytes/unsound';
 *
 * overwriteCopyResidue(256);
 * ```
 */
export function overwriteCopyResidue(size: number): void {
  const length = Math.min(size, LARGEST);
  let pair = views.get(length);
  if (pair === undefined) {
    pair = [zeros.subarray(0, length), sink.subarray(0, length)];
    views.set(length, pair);
  }
  pair[1].set(pair[0]);
}
