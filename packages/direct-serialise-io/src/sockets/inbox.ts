import type { OnReadOpts, Socket } from 'node:net';
import type { AllocationOptions, MLockedBytes } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { ClosedEarlyError, SurplusError } from '../errors.js';
import { newStaging } from '../staging.js';
import { receiveInto } from './socket.js';

/** Bytes of one read: more than the signing key of the deepest common tree. */
const INBOX_SIZE = 1_024;

/**
 * The locked memory into which a socket receives, and the bytes in it that no receive has taken. It must not be released
 * before the socket has closed: libuv keeps the address, and would write into the memory of the next owner.
 */
export class Inbox {
  readonly #memory: MLockedBytes;
  #start = 0;
  #end = 0;
  /** Called when bytes have arrived. */
  arrived: () => void = () => undefined;

  constructor(options: AllocationOptions) {
    this.#memory = newStaging(INBOX_SIZE, options);
  }

  /**
   * The option with which the socket is created. The socket is paused before a receive is complete, so it reads only into
   * an empty inbox. It does not read into this buffer: {@link attachTo} names another, which the socket object does not
   * show.
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

  /** Lets a connected socket receive into the inbox; `false` when it cannot. */
  attachTo(socket: Socket): boolean {
    // The view leaves its callback because the kernel fills it while the socket is open.
    return receiveInto(socket, unsoundMemory(this.#memory));
  }

  /** Bytes that no receive has taken. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Moves as many bytes as available and fitting to a target, and wipes them here. */
  moveTo(target: Uint8Array): number {
    const count = Math.min(this.length, target.byteLength);
    const taken = unsoundMemory(this.#memory).subarray(this.#start, this.#start + count);
    target.set(taken);
    taken.fill(0);
    this.#start += count;
    return count;
  }

  /** Wipes everything. Call it only when the socket has closed. */
  release(): void {
    this.#start = 0;
    this.#end = 0;
    this.#memory.release();
  }
}

/**
 * What a connection waits for. It takes its part of what has arrived: `met` when that is all, `more` when bytes or the end are
 * missing.
 */
export type Take = (
  inbox: Inbox,
  ended: boolean,
) => 'met' | 'more' | ClosedEarlyError | SurplusError;

/** Waits for the first byte, which stays in the inbox, or for the end. */
export const firstByte: Take = (inbox, ended) => (inbox.length > 0 || ended ? 'met' : 'more');

/** Waits for the bytes that fill a target. */
export function wholeValue(target: Uint8Array): Take {
  const size = target.byteLength;
  let filled = 0;
  return (inbox, ended) => {
    filled += inbox.moveTo(target.subarray(filled));
    if (filled === size) return 'met';
    return ended ? new ClosedEarlyError(size, filled) : 'more';
  };
}

/** Waits for the end, before which nothing arrives. */
export const theEnd: Take = (inbox, ended) => {
  if (inbox.length > 0) return new SurplusError(0, inbox.length);
  return ended ? 'met' : 'more';
};
