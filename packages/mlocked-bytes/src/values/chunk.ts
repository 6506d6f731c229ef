/** A part of locked bytes. */
import { checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import { lend } from './lend.js';
import { copyMark, unsoundMemory, version, type LockedValue } from './locked-value.js';
import { sodium } from '../kernel/native.js';
import {
  customInspect,
  newInstance,
  refuseConversions,
  refuseToBeCloned,
  tagWithState,
} from './opaque.js';

/** The first argument of the constructor, so that only `MLockedBytes.chunk` can make a chunk. */
export const internal = Symbol('MLockedChunk');

let readChunk: (chunk: MLockedChunk) => Uint8Array;
let isChunkOf: (value: object) => boolean;

/**
 * A part of locked bytes. It shares their memory and ends with them: every use checks that they are alive.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const bytes = MLockedBytes.newZeroed(96);
 * const seed = bytes.chunk(32, 32);
 * assert.equal(seed.size, 32);
 * bytes.release();
 * ```
 */
export class MLockedChunk {
  readonly #owner: LockedValue;
  /** The number in its tag, given when that is first read. */
  #instance: number | undefined;
  /** Where the chunk begins in its owner, bytes. */
  readonly offset: number;
  /** Bytes of the chunk. */
  readonly size: number;

  /** For `MLockedBytes.chunk` only. */
  constructor(caller: symbol, owner: LockedValue, offset: number, size: number) {
    if (caller !== internal) throw wrongType('caller', 'MLockedBytes.chunk', caller);
    const available = unsoundMemory(owner).byteLength;
    this.offset = checkInteger('offset', offset, 0, available);
    this.size = checkInteger('length', size, 0, available - offset);
    this.#owner = owner;
    refuseToBeCloned?.(this);
  }

  static {
    readChunk = (chunk) => {
      const memory = unsoundMemory(chunk.#owner);
      return Object.preventExtensions(memory.subarray(chunk.offset, chunk.offset + chunk.size));
    };
    isChunkOf = (value) => #owner in value;
    Object.defineProperty(this.prototype, copyMark, { value: version });
    refuseConversions(this.prototype);
    tagWithState(this.prototype, (value) => (#owner in value ? value.#tag : undefined));
  }

  /**
   * Lends the bytes to a callback, for the duration of the call.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED` when the owner was released.
   * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, the view or its
   * buffer.
   */
  withBytes<Result>(callback: (bytes: Uint8Array) => Result): Result {
    return lend(readChunk(this), callback);
  }

  /**
   * Overwrites the chunk with zeros.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED` when the owner was released.
   */
  zero(): void {
    const bytes = readChunk(this);
    if (bytes.byteLength > 0) sodium.sodium_memzero(bytes);
  }

  /** Size and offset; never the content. */
  toString(): string {
    return `[MLockedChunk: ${this.#state}]`;
  }

  get #tag(): string {
    this.#instance ??= newInstance();
    return `#${String(this.#instance)}: ${this.#state}`;
  }

  get #state(): string {
    return `${String(this.size)} bytes at ${String(this.offset)} of ${String(this.#owner)}`;
  }

  /** What `JSON.stringify` shows: size and offset. */
  toJSON(): string {
    return this.toString();
  }

  /** What `util.inspect` and `console.log` show: size and offset. */
  [customInspect](): string {
    return this.toString();
  }

  /**
   * Text only: a secret has no number and no order.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for a number or a comparison.
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'number')
      throw wrongType('MLockedChunk', 'no use as a number or in a comparison', this);
    return this.toString();
  }
}

/**
 * Whether a value is a chunk of this copy of the package.
 *
 * @internal
 */
export function isChunk(value: unknown): value is MLockedChunk {
  return typeof value === 'object' && value !== null && isChunkOf(value);
}

/**
 * The memory of a chunk whose owner is alive.
 *
 * @internal
 */
export function chunkMemory(chunk: MLockedChunk): Uint8Array {
  return readChunk(chunk);
}
