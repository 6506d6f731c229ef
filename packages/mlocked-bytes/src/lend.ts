import {
  bufferBehind,
  checkBytes,
  checkFunction,
  isUnfinished,
} from '@evolock/direct-serialise/arguments';
import { ViewEscapeError } from './errors.js';

/**
 * Lends bytes to a callback for the duration of the call. A view that is lent again, or given to native code later, has to
 * take no properties (`Object.preventExtensions`): native code reads length and offset of a view as properties.
 *
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when it returns a promise, an iterator, a view on the memory
 * or its buffer, or transfers that buffer.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { lend } from '@evolock/mlocked-bytes/unsound';
 *
 * assert.equal(
 *   lend(Uint8Array.of(1, 2), (bytes) => bytes.length),
 *   2,
 * );
 * ```
 */
export function lend<Result>(bytes: Uint8Array, use: (bytes: Uint8Array) => Result): Result {
  const lent = checkBytes('bytes', bytes);
  checkFunction('callback', use);
  const { buffer, length } = lent;
  const result = use(lent);
  if (result !== undefined) refuseEscape(result, buffer);
  if (lent.length !== length) throw transferred();
  return result;
}

/**
 * Lends one block to a push or a pull, for the duration of the call.
 *
 * A pull that goes on in the background may not write anywhere later. The value that is being read is wiped when this
 * throws; such a pull has to be corrected.
 *
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when it returns a promise, an iterator, a view on the block's
 * memory or its buffer, or transfers that buffer.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { lendBlock } from '@evolock/mlocked-bytes/unsound';
 *
 * const push = () => Promise.resolve() as unknown as void;
 * assert.throws(() => lendBlock(push, new Uint8Array(32)), { code: 'ERR_EVOLOCK_VIEW_ESCAPE' });
 * ```
 */
export function lendBlock(move: (block: Uint8Array) => void, block: Uint8Array): void {
  const lent = checkBytes('block', block);
  checkFunction('callback', move);
  const { buffer, length } = lent;
  const result: unknown = move(lent);
  if (result !== undefined) refuseEscape(result, buffer);
  // A callback may detach the memory, and half a value would pass for a whole one.
  if (lent.length !== length) throw transferred();
}

/**
 * Lends blocks of locked memory to a push or a pull, one after the other: {@link lendBlock} at half the price, for views
 * that the caller made itself and has lent to such callbacks only.
 *
 * @param move - Called once per block, in order.
 * @param blocks - Plain views on locked memory, which take no properties.
 * @param checkAlive - Called before each block: throws when there is nothing to lend any more.
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` as {@link lendBlock} does.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { lendOwnBlocks, unsoundMemory } from '@evolock/mlocked-bytes/unsound';
 *
 * const bytes = MLockedBytes.newZeroed(48);
 * const memory = unsoundMemory(bytes);
 * const sizes: number[] = [];
 * lendOwnBlocks(
 *   (block) => void sizes.push(block.byteLength),
 *   [memory.subarray(0, 32), memory.subarray(32)],
 *   () => unsoundMemory(bytes),
 * );
 * assert.deepEqual(sizes, [32, 16]);
 * bytes.release();
 * ```
 */
export function lendOwnBlocks(
  move: (block: Uint8Array) => void,
  blocks: readonly Uint8Array[],
  checkAlive: () => void,
): void {
  checkFunction('callback', move);
  for (const block of blocks) {
    checkAlive();
    const result: unknown = move(block);
    if (result !== undefined) refuseEscape(result, block.buffer);
    if (block.length === 0) throw transferred();
  }
}

function transferred(): ViewEscapeError {
  return new ViewEscapeError('transferred the buffer behind it');
}

function refuseEscape(result: unknown, buffer: ArrayBufferLike): void {
  if (result === buffer) throw new ViewEscapeError('returned the buffer behind it');
  if (bufferBehind(result) === buffer) throw new ViewEscapeError('returned a view on it');
  // A generator has not run yet: when it does, the memory has another owner.
  if (isUnfinished(result)) throw new ViewEscapeError('returned a promise or an iterator');
}
