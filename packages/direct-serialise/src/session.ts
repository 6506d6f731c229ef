/** Bounded passes over the blocks of a value. */
import { checkFunction, isUnfinished, sizeOfBytes } from './arguments.js';
import { ProtocolError, SizeCheckError } from './errors.js';
import type { Pull, Push } from './protocol.js';

/** Moves one block of `size` bytes at an offset. */
export type Move = (offset: number, block: Uint8Array, size: number) => unknown;

/** The property of a callback that moves blocks to or from a buffer. Such a pass can move many blocks at once. */
const whole = Symbol('whole');

type BufferCallback = (Push | Pull) & { [whole]?: Session };

/**
 * One bounded pass over the blocks of a value. It counts what was moved, refuses a block that would pass the end, and
 * refuses every block when the pass is over.
 */
export class Session {
  readonly #size: number;
  readonly #move: Move;
  #done = 0;
  #open = true;
  #moving = false;
  #failure: { readonly error: unknown } | undefined;

  /** The callback that the value gets: `Push` and `Pull` alike. */
  readonly block: (block: Uint8Array) => void;

  constructor(size: number, move: Move) {
    this.#size = size;
    this.#move = move;
    this.block = (block) => {
      this.#moveNext(block);
    };
  }

  /** A pass over a buffer, of which {@link pushWhole} and {@link pullWhole} move many blocks at once. */
  static overBuffer(size: number, move: Move): Session {
    const session = new Session(size, move);
    (session.block as BufferCallback)[whole] = session;
    return session;
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
   * Moves many blocks that are contiguous, if all of them fit. Otherwise the caller moves block by block, and the error
   * names the block that does not fit.
   */
  moveWhole(image: Uint8Array): boolean {
    const size = sizeOfBytes('image', image);
    if (!this.#open || this.#moving || size > this.#size - this.#done) return false;
    this.#moveNext(image);
    return true;
  }

  /** Ends the pass: a `push` or `pull` that was kept throws from now on. */
  close(): void {
    this.#open = false;
  }

  /**
   * Bytes that the whole pass moved. Throws the error of the first move that failed, also when the value caught it: a part
   * of a value is not a success.
   */
  finish(): number {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#done;
  }

  #moveChecked(block: Uint8Array, size: number): void {
    const remaining = this.#size - this.#done;
    if (size > remaining)
      throw new SizeCheckError(
        `the value is larger than the given size of ${String(this.#size)} bytes: its next block`,
        remaining,
        size,
      );
    if (isUnfinished(this.#move(this.#done, block, size))) throw notSynchronous();
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

function notSynchronous(): ProtocolError {
  return new ProtocolError(
    'a block is lent for one synchronous call, and the callback returned a promise or an iterator',
  );
}

/**
 * Pushes all blocks in one copy, if the push writes to a buffer. For values whose blocks are contiguous: several times as
 * fast for a key of many small blocks. The image, all blocks in order, is not kept.
 *
 * @returns Whether they were pushed. If not, nothing has happened: push block by block.
 */
export function pushWhole(push: Push, image: Uint8Array): boolean {
  return moveWhole('push', push, image);
}

/**
 * Pulls all blocks in one copy, if the pull reads from a buffer. For values whose blocks are contiguous.
 * The image, room for all blocks in order, is not kept.
 *
 * @returns Whether it was filled. If not, nothing has happened: pull block by block.
 */
export function pullWhole(pull: Pull, image: Uint8Array): boolean {
  return moveWhole('pull', pull, image);
}

function moveWhole(name: string, callback: Push | Pull, image: Uint8Array): boolean {
  checkFunction(name, callback);
  const session = (callback as BufferCallback)[whole];
  if (session !== undefined) return session.moveWhole(image);
  sizeOfBytes('image', image);
  return false;
}
