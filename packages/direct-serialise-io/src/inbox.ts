import type { OnReadOpts, Socket } from 'node:net';
import type { AllocationOptions, MLockedBytes } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { receiveInto } from './plain-socket.js';
import { newStaging } from './staging.js';

/** Bytes that the kernel hands over in one go: a signing key of the deepest common tree, and some. */
const INBOX_SIZE = 1_024;

/**
 * The locked memory into which a socket receives, and the bytes in it that nobody has taken yet.
 *
 * libuv keeps the address until the socket has closed and would write into the memory's next owner: it must not be
 * released before.
 *
 * @internal
 */
export class Inbox {
  readonly #memory: MLockedBytes;
  #start = 0;
  #end = 0;
  /** Called when bytes have arrived. */
  arrived: () => void = () => undefined;

  constructor(options: AllocationOptions | undefined) {
    this.#memory = newStaging(INBOX_SIZE, options);
  }

  /**
   * What a socket is made with. It reads only when the inbox is empty: it is paused before a receive is complete.
   *
   * The buffer is not read into: {@link attachTo} names another, which the socket object does not show.
   */
  get onread(): OnReadOpts {
    return {
      buffer: new Uint8Array(1),
      callback: (count) => {
        this.#start = 0;
        this.#end = count;
        this.arrived();
        return true;
      },
    };
  }

  /** Has a connected socket receive into the inbox; false when it cannot. */
  attachTo(socket: Socket): boolean {
    // The view leaves its callback because the kernel fills it for as long as the socket is open.
    return receiveInto(socket, unsoundMemory(this.#memory));
  }

  /** Bytes that nobody has taken yet. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Moves bytes to where they belong, as many as there are and fit, and wipes them here. */
  moveTo(target: Uint8Array): number {
    const count = Math.min(this.length, target.byteLength);
    const taken = this.#memory.chunk(this.#start, count);
    taken.withBytes((bytes) => target.set(bytes));
    taken.zero();
    this.#start += count;
    return count;
  }

  /** Wipes everything; only when the socket has closed. */
  release(): void {
    this.#start = this.#end = 0;
    this.#memory.release();
  }
}
