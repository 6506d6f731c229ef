/** Two siblings side by side, as the hash takes them, and each alone: index 0 left, 1 right. */
export interface Pair {
  readonly both: Uint8Array;
  readonly halves: readonly [Uint8Array, Uint8Array];
}

/**
 * Views on two siblings.
 *
 * @param memory - Where both lie, side by side.
 * @param offset - Where the left one begins.
 * @param size - Bytes of one.
 *
 * @internal
 */
export function pairAt(memory: Uint8Array, offset: number, size: number): Pair {
  return {
    both: memory.subarray(offset, offset + 2 * size),
    halves: [
      memory.subarray(offset, offset + size),
      memory.subarray(offset + size, offset + 2 * size),
    ],
  };
}
