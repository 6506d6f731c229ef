import { isUnfinished, sizeOfBytes } from './arguments.js';
import { EvolockError } from './error.js';
import { SizeCheckError } from './size-check-error.js';

/**
 * The protocol was broken: a block was moved after the call it belonged to, or by something asynchronous; or the memory
 * that it was moved to or from was detached in the midst of it.
 *
 * A block is lent for one synchronous call. Whatever goes on afterwards would read or write memory that has been
 * wiped or belongs to the next key.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseTo, ProtocolError } from '@evolock/direct-serialise';
 *
 * const value = { directSerialise: (push: (block: Uint8Array) => void) => push(new Uint8Array(32)) };
 * const write = () => Promise.resolve() as unknown as void;
 * assert.throws(() => directSerialiseTo(write, 32, value), ProtocolError);
 * ```
 */
export class ProtocolError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_PROTOCOL';
}

/** Moves one block of `size` bytes, at an offset. The block is bytes, but may pretend to be others. */
export type Move = (offset: number, block: Uint8Array, size: number) => unknown;

/**
 * One bounded pass over a value's blocks: counts what has moved, refuses a block that would pass the end, and refuses
 * everything once the pass is over.
 *
 * @internal
 */
export class Session {
  readonly #size: number;
  readonly #move: Move;
  #done = 0;
  #open = true;
  #moving = false;
  #failure: { readonly error: unknown } | undefined;

  /** The callback that goes to the value: `Push` and `Pull` alike. */
  readonly block: (block: Uint8Array) => void;

  constructor(size: number, move: Move) {
    this.#size = size;
    this.#move = move;
    this.block = (block) => {
      this.#moveNext(block);
    };
  }

  #moveNext(block: Uint8Array): void {
    if (!this.#open || this.#moving) throw notNow(this.#open);
    this.#moving = true;
    try {
      this.#moveChecked(block, sizeOfBytes('block', block));
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#moving = false;
    }
  }

  /**
   * Moves many blocks that lie side by side, if they fit: block by block it is said which one does not.
   *
   * @throws What the move throws.
   */
  moveWhole(image: Uint8Array): boolean {
    const size = sizeOfBytes('image', image);
    if (!this.#open || this.#moving || size > this.#size - this.#done) return false;
    this.#moving = true;
    try {
      this.#moveChecked(image, size);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#moving = false;
    }
    return true;
  }

  /** Ends the pass: a `push` or `pull` that was kept throws from now on. */
  close(): void {
    this.#open = false;
  }

  /**
   * Bytes that the whole pass moved.
   *
   * @throws What the first failing move threw, should the value have swallowed it: half a value is no success.
   */
  finish(): number {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#done;
  }

  #moveChecked(block: Uint8Array, size: number): void {
    const remaining = this.#size - this.#done;
    if (size > remaining) throw new SizeCheckError('a block passes the end', remaining, size);
    if (isUnfinished(this.#move(this.#done, block, size))) throw wentOn();
    this.#done += size;
  }
}

function notNow(open: boolean): ProtocolError {
  return new ProtocolError(
    open
      ? 'a block was moved from within the move of another'
      : 'a block was moved after the call that lent it',
  );
}

function wentOn(): ProtocolError {
  return new ProtocolError(
    'a block is lent for one synchronous call, and the callback returned a promise or an iterator',
  );
}
