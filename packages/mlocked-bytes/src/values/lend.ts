/** Lending: a callback gets a view on locked memory for the duration of its call. */
import {
  bufferBehind,
  checkBytes,
  isUnfinished,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import { ViewEscapeError } from '../errors.js';

/**
 * Lends memory to a callback for the duration of the call. The caller made the view, and it takes no properties
 * (`Object.preventExtensions`): native code reads offset and length of a view as properties.
 *
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, an iterator, a view on the
 * memory or its buffer, or transfers that buffer.
 *
 * @internal
 */
export function lend<Result>(memory: Uint8Array, use: (bytes: Uint8Array) => Result): Result {
  if (typeof use !== 'function') throw wrongType('callback', 'a function', use);
  const { length } = memory;
  const result = use(memory);
  if (result !== undefined) refuseEscape(result, memory);
  // Otherwise part of a value would pass for all of it.
  if (memory.length !== length) throw transferred();
  return result;
}

/**
 * Lends one block to a push or a pull for the duration of the call.
 *
 * A pull that continues after its call may write to the memory of the next owner. The value that is read is wiped when this
 * throws; such a pull must be corrected.
 *
 * @param move - Called once.
 * @param block - Checked, unlike the memory of {@link lend}.
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` as {@link lend} does.
 *
 * @internal
 */
export function lendBlock(move: (block: Uint8Array) => void, block: Uint8Array): void {
  lend(checkBytes('block', block), move);
}

/**
 * Lends blocks of locked memory to a push or a pull, one after the other. The caller made the views, and they take no
 * properties, as for {@link lend}.
 *
 * @param move - Called once per block, in order.
 * @param blocks - Views that the caller made, as for {@link lend}.
 * @param checkAlive - Called before each block: throws when the memory was released.
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` as {@link lend} does.
 *
 * @internal
 */
export function lendOwnBlocks(
  move: (block: Uint8Array) => void,
  blocks: readonly Uint8Array[],
  checkAlive: () => void,
): void {
  for (const block of blocks) {
    checkAlive();
    lend(block, move);
  }
}

function transferred(): ViewEscapeError {
  return new ViewEscapeError('transferred the buffer behind it');
}

function refuseEscape(result: unknown, { buffer }: Uint8Array): void {
  if (result === buffer) throw new ViewEscapeError('returned the buffer behind it');
  if (bufferBehind(result) === buffer) throw new ViewEscapeError('returned a view on it');
  // A generator has not run yet: when it does, the memory has another owner.
  if (isUnfinished(result)) throw new ViewEscapeError('returned a promise or an iterator');
}
