/** Copying, viewing and zeroing bytes with the methods of the language, which ignore the properties of an object. */
import { ProtocolError } from './errors.js';

/** These methods are called with `call`. */
interface Methods {
  readonly fill: (this: Uint8Array, value: number, start: number, end: number) => unknown;
  readonly set: (this: Uint8Array, source: Uint8Array, offset: number) => void;
  readonly subarray: (this: Uint8Array, start: number, end: number) => Uint8Array;
}

const methods: Methods = Uint8Array.prototype;
const { fill, set, subarray } = methods;
const nothing = new Uint8Array(0);

/** Copies all of the source to an offset of the target. */
export function setBytes(target: Uint8Array, source: Uint8Array, offset = 0): void {
  try {
    set.call(target, source, offset);
  } catch (cause) {
    throw detachedMeanwhile(cause);
  }
}

/** A view on a part of the source. */
export function partOf(source: Uint8Array, start: number, end: number): Uint8Array {
  try {
    return subarray.call(source, start, end);
  } catch (cause) {
    throw detachedMeanwhile(cause);
  }
}

/** Refuses bytes that were detached since they were checked: the caller does not see what was written there. */
export function checkStillAttached(bytes: Uint8Array): void {
  setBytes(bytes, nothing);
}

/** The engine throws `TypeError` for detached bytes. Any other error is another one, such as an exhausted stack. */
function detachedMeanwhile(cause: unknown): unknown {
  if (!(cause instanceof TypeError)) return cause;
  return new ProtocolError('bytes were detached while a value was moved', { cause });
}

/** Zeroes bytes from the beginning to an end. Detached bytes are ignored. */
export function zeroBytes(target: Uint8Array, end: number): void {
  try {
    fill.call(target, 0, 0, end);
  } catch {
    // Detached. Throwing would hide the first error.
  }
}
