import {
  bufferBehind,
  checkBytes,
  checkFunction,
  isUnfinished,
} from '@evolock/direct-serialise/arguments';
import { EvolockError } from '@evolock/direct-serialise';

/**
 * A callback tried to take locked memory out: it returned a promise, an iterator (which has not run yet), the view that
 * it was lent, or the buffer behind it. JavaScript cannot revoke a view, and the memory behind it will belong to somebody else.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const bytes = MLockedBytes.newZeroed(32);
 * assert.throws(() => bytes.withBytes((view) => view), { code: 'ERR_EVOLOCK_VIEW_ESCAPE' });
 * bytes.release();
 * ```
 */
export class ViewEscapeError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VIEW_ESCAPE';

  constructor(what: string) {
    super(
      `a callback that is lent locked memory returned ${what}; the memory is its own only for the call: copy what ` +
        'is public, finish synchronously, return something else',
    );
  }
}

/**
 * Lends bytes to a callback for the duration of the call.
 *
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when it returns a promise, an iterator, a view on the memory
 * or its buffer.
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
  const { buffer } = lent;
  const result = use(lent);
  refuseEscape(result, buffer);
  return result;
}

/**
 * Lends one block to a push or a pull, for the duration of the call.
 *
 * What a pull that went on in the background writes later has nowhere safe to go: the value that is being read is
 * wiped when this throws, and whoever wrote such a pull has to mend it.
 *
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when it returns a promise, an iterator, a view on the block's
 * memory or its buffer.
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
  const { buffer, byteLength } = lent;
  refuseEscape(move(lent), buffer);
  // A callback may detach a block of ordinary memory, and half a value would pass for a whole one.
  if (lent.byteLength !== byteLength) throw new ViewEscapeError('after it had detached it');
}

/**
 * Lends blocks of locked memory to a push or a pull, one after the other: {@link lendBlock} at half the price, for views
 * that the caller made itself and has shown to nobody but such callbacks.
 *
 * @param move - Called once per block, in order.
 * @param blocks - Plain views on locked memory, which no callback can detach.
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
  }
}

function refuseEscape(result: unknown, buffer: ArrayBufferLike): void {
  if (result === undefined) return;
  if (result === buffer) throw new ViewEscapeError('the buffer behind it');
  // The getter of the language: a view can be given a property `buffer` of its own.
  if (bufferBehind(result) === buffer) throw new ViewEscapeError('a view on it');
  // A generator has not run yet: when it does, the memory is somebody else's.
  if (isUnfinished(result)) throw new ViewEscapeError('a promise or an iterator');
}
