/**
 * Native calls on secrets, one directly behind the other.
 *
 * A copy and a hash leave their input in the processor's registers. Two events save registers to memory at any moment: a
 * signal, for which the kernel saves them on the stack, and the engine, which saves them on its heap when it gives up
 * optimised code. Between two calls from JavaScript the engine may also finish a compilation or collect garbage, deep down
 * the stack, with the registers still full. So calls on secrets, and the calls that overwrite the registers behind them,
 * are made by a built-in function, with no JavaScript between them: the engine neither gives up a built-in function nor
 * interrupts one.
 */
import { sodium } from './native.js';

/** A native call with its arguments. It returns a value that is false, such as `undefined` or 0. */
export type NativeCall = () => unknown;

/** Copies larger than this go through the same registers as one of this size. */
const LARGEST_COPY = 4_096;

const { apply } = Reflect;

/**
 * A copy of bytes, as a native call.
 *
 * @param target - Has room for the bytes.
 * @param source - The bytes; may overlap.
 * @param offset - Where in the target they go.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { copyCall, uninterrupted } from '@evolock/mlocked-bytes/unsound';
 *
 * const target = new Uint8Array(3);
 * uninterrupted([copyCall(target, Uint8Array.of(1, 2), 1)]);
 * assert.deepEqual(target, Uint8Array.of(0, 1, 2));
 * ```
 */
export function copyCall(target: Uint8Array, source: Uint8Array, offset = 0): NativeCall {
  return Uint8Array.prototype.set.bind(target, source, offset);
}

const NO_KEY = new ArrayBuffer(0);

/**
 * Blake2b, unkeyed, as a native call. Only for memory that lives as long as the call is kept: libsodium ends the process
 * when it is given memory that was detached.
 *
 * @param digest - 16 to 64 bytes.
 *
 * @example
 * ```ts
 * import { hashCall, uninterrupted } from '@evolock/mlocked-bytes/unsound';
 *
 * uninterrupted([hashCall(new Uint8Array(32), new Uint8Array(33))]);
 * ```
 */
export function hashCall(digest: Uint8Array, input: Uint8Array): NativeCall {
  return sodium.nativeGenericHash.bind(
    undefined,
    digest.buffer,
    digest.byteOffset,
    digest.byteLength,
    input.buffer,
    input.byteOffset,
    input.byteLength,
    NO_KEY,
    0,
    0,
  );
}

/** By size of the copy. */
const zeroCopies = new Map<number, NativeCall>();

/**
 * Overwrites what a copy left in the registers, as a native call: the same copy over zeros, through the same registers.
 *
 * @param size - Bytes of the copy.
 *
 * @example
 * ```ts
 * import { copyCall, uninterrupted, zeroCopyCall } from '@evolock/mlocked-bytes/unsound';
 *
 * const secret = new Uint8Array(256);
 * uninterrupted([zeroCopyCall(256), copyCall(new Uint8Array(256), secret)]);
 * ```
 */
export function zeroCopyCall(size: number): NativeCall {
  const length = Math.min(size, LARGEST_COPY);
  let call = zeroCopies.get(length);
  if (call === undefined) {
    call = copyCall(new Uint8Array(length), new Uint8Array(length));
    zeroCopies.set(length, call);
  }
  return call;
}

/**
 * Makes native calls with no JavaScript between them. The compilers of V8 replace calls of `find` and `forEach` by
 * JavaScript of their own, and leave `findLastIndex` as it is.
 *
 * @param calls - In reverse order: the last one is made first.
 * @throws Error when a call returns a status other than 0.
 *
 * @example
 * ```ts
 * import { copyCall, uninterrupted, zeroCopyCall } from '@evolock/mlocked-bytes/unsound';
 *
 * uninterrupted([zeroCopyCall(32), copyCall(new Uint8Array(32), new Uint8Array(32))]);
 * ```
 */
export function uninterrupted(calls: readonly NativeCall[]): void {
  // `apply(call, index, calls)`: what is appended to the arguments is ignored.
  if (calls.findLastIndex(apply) !== -1) throw new Error('libsodium returned an error status');
}

/**
 * Copies secret bytes and leaves none of them in the registers.
 *
 * @param target - Has room for the bytes.
 * @param source - The bytes; may overlap.
 * @param offset - Where in the target they go.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { copySecret } from '@evolock/mlocked-bytes/unsound';
 *
 * const target = new Uint8Array(3);
 * copySecret(target, Uint8Array.of(1, 2), 1);
 * assert.deepEqual(target, Uint8Array.of(0, 1, 2));
 * ```
 */
export function copySecret(target: Uint8Array, source: Uint8Array, offset = 0): void {
  uninterrupted([zeroCopyCall(source.byteLength), copyCall(target, source, offset)]);
}
