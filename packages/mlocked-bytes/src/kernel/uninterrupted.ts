/**
 * Native calls on secrets, without JavaScript between them.
 *
 * A copy and a hash leave their input in the registers of the processor. Two events save registers to memory at any moment:
 * the kernel saves them on the stack when it delivers a signal, and the engine saves them on its heap when it discards
 * optimised code. Between two calls from JavaScript the engine may also finish a compilation or collect garbage, which saves
 * registers on the stack. So a built-in function makes the calls on secrets, and the calls that overwrite the registers
 * afterwards: the engine does not discard a built-in function. A call that is ended from outside (a time limit of `node:vm`, its
 * `breakOnSigint`) can end between two of these calls, and then the registers keep what they have until they are used again.
 */
import { sodium } from './native.js';

/** A native call with its arguments. It returns a value that is false, such as `undefined` or 0. */
export type NativeCall = () => unknown;

/** Larger copies use the same registers as a copy of this size. */
const LARGEST_COPY = 4_096;

const { apply } = Reflect;

/** A copy of bytes, as a native call. The target has room for them from `offset` on; both may overlap. */
export function copyCall(target: Uint8Array, source: Uint8Array, offset = 0): NativeCall {
  return Uint8Array.prototype.set.bind(target, source, offset);
}

const NO_KEY = new ArrayBuffer(0);

/**
 * Blake2b, unkeyed, as a native call: a digest of 16 to 64 bytes. Only for memory that lives as long as the call is kept:
 * libsodium ends the process when it is given memory that was detached.
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

const zeros = new Uint8Array(LARGEST_COPY);
const sink = new Uint8Array(LARGEST_COPY);

/** By size of the copy. All use the same memory. */
const zeroCopies = new Map<number, NativeCall>();

/**
 * Overwrites what a copy of `size` bytes left in the registers, as a native call: the same copy of zeros uses the same
 * registers.
 */
export function zeroCopyCall(size: number): NativeCall {
  const length = Math.min(size, LARGEST_COPY);
  let call = zeroCopies.get(length);
  if (call === undefined) {
    call = copyCall(sink.subarray(0, length), zeros.subarray(0, length));
    zeroCopies.set(length, call);
  }
  return call;
}

/**
 * Makes native calls, given in reverse order, with no JavaScript between them. The compilers of V8 replace calls of `find`
 * and `forEach` by JavaScript of their own, and leave `findLastIndex` as it is. Throws when a call returns a status other
 * than 0.
 */
export function uninterrupted(calls: readonly NativeCall[]): void {
  // `apply(call, index, calls)`: what is appended to the arguments is ignored.
  if (calls.findLastIndex(apply) !== -1) throw new Error('libsodium returned an error status');
}

/**
 * Copies secret bytes, and overwrites what the copy left in the registers. The target has room for them from `offset` on.
 */
export function copySecret(target: Uint8Array, source: Uint8Array, offset = 0): void {
  uninterrupted([zeroCopyCall(source.byteLength), copyCall(target, source, offset)]);
}
