import type { OnReadOpts } from 'node:net';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import type { MLockedAllocator } from '@evolock/kes-sum';
import { DemoError } from './demo-error.js';

/** Bytes of a known number on their way from a socket, which never leave locked memory. */
export class KeyArrival {
  readonly #size: number;
  /** Where the socket puts what it reads: every time from the beginning. */
  readonly #landing: MLockedBytes;
  /** Where the pieces are put together. */
  readonly #received: MLockedBytes;
  #done = 0;
  #complete!: () => void;
  #fail!: (error: Error) => void;
  /** Resolves when the bytes that were to come are there, and the peer has said that no more will. */
  readonly whole: Promise<void>;

  constructor(size: number, allocator: MLockedAllocator) {
    this.#size = size;
    this.#landing = MLockedBytes.newZeroed(size, { allocator });
    this.#received = MLockedBytes.newZeroed(size, { allocator });
    this.whole = new Promise((resolve, reject) => {
      this.#complete = resolve;
      this.#fail = reject;
    });
  }

  /** How a socket is told to read into locked memory rather than into ordinary buffers. */
  get onread(): OnReadOpts {
    // A raw view, since the socket reads into it for as long as it is open.
    return { buffer: unsoundMemory(this.#landing), callback: (size) => this.#take(size) };
  }

  /** The peer has said that it sends no more. */
  end(): void {
    if (this.#done === this.#size) this.#complete();
    else this.#fail(wrongSize(`${this.#done} bytes`, this.#size));
  }

  /** The connection failed, which is of no consequence to a key that is whole. */
  fail(error: Error): void {
    this.#fail(error);
  }

  /** Runs with the bytes, and wipes them however that ends. */
  use<Result>(work: (bytes: Uint8Array) => Result): Result {
    try {
      return this.#received.withBytes(work);
    } finally {
      this.#received.zero();
    }
  }

  /** Gives the memory back. Not before the socket is closed: until then it may write into its part of it. */
  release(): void {
    this.#received.release();
    this.#landing.release();
  }

  #take(size: number): boolean {
    if (this.#done + size > this.#size) {
      this.#fail(wrongSize('more', this.#size));
      return false;
    }
    this.#received.copyFrom(this.#landing.chunk(0, size), this.#done);
    this.#landing.zero();
    this.#done += size;
    return true;
  }
}

function wrongSize(sent: string, size: number): DemoError {
  return new DemoError(
    'HAND_OVER_FAILED',
    `the peer sent ${sent} instead of the ${size} bytes of a key`,
  );
}
