/** Lending: a callback gets a view on locked memory for the duration of its call. */
import { bufferBehind, isUnfinished, wrongType } from '@evolock/direct-serialise/arguments';
import { ViewEscapeError } from '../errors.js';

/**
 * Lends memory to a callback for the duration of the call.
 *
 * A pull that continues after its call may write to the memory of the next owner. The value that is read is wiped when this
 * throws; such a pull must be corrected.
 *
 * @throws `ViewEscapeError` `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, an iterator, a view on the
 * memory or its buffer.
 */
export function lend<Result>(memory: Uint8Array, use: (bytes: Uint8Array) => Result): Result {
  if (typeof use !== 'function') throw wrongType('callback', 'a function', use);
  const result = use(memory);
  if (result !== undefined) refuseEscape(result, memory);
  return result;
}

/**
 * Lends blocks of locked memory, views that the caller made, to a push or a pull, one after the other, as {@link lend}
 * does. `checkAlive` is called before each block: it throws when the blocks may not be used any more.
 */
export function lendBlocks(
  blocks: readonly Uint8Array[],
  move: (block: Uint8Array) => void,
  checkAlive: () => void,
): void {
  for (const block of blocks) {
    checkAlive();
    lend(block, move);
  }
}

function refuseEscape(result: unknown, { buffer }: Uint8Array): void {
  if (result === buffer) throw new ViewEscapeError('returned the buffer behind it');
  if (bufferBehind(result) === buffer) throw new ViewEscapeError('returned a view on it');
  // A generator has not run yet: when it does, the memory has another owner.
  if (isUnfinished(result)) throw new ViewEscapeError('returned a promise or an iterator');
}
