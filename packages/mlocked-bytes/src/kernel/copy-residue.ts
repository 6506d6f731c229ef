/**
 * A copy of more than a few bytes goes through the widest registers of the processor. They keep the last bytes, which reach
 * the stack when the registers are saved. The same copy of zeros leaves zeros there.
 */

/** Larger copies use the same registers as a copy of this size. */
const LARGEST = 4_096;

const zeros = new Uint8Array(LARGEST);
const sink = new Uint8Array(LARGEST);
const views = new Map<number, readonly [from: Uint8Array, to: Uint8Array]>();

/**
 * Overwrites what a copy of secret bytes left in the registers of the processor. Call it right after the copy.
 *
 * @param size - Bytes of the copy.
 *
 * @internal
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
