import { ProtocolError } from './session.js';

/** The methods of the language, bound at every use by `call`. */
interface Methods {
  readonly fill: (this: Uint8Array, value: number, start: number, end: number) => unknown;
  readonly set: (this: Uint8Array, source: Uint8Array, offset: number) => void;
  readonly subarray: (this: Uint8Array, start: number, end: number) => Uint8Array;
}

/** They look at the bytes themselves, whatever properties these pretend to have. */
const methods: Methods = Uint8Array.prototype;
const { fill, set, subarray } = methods;
const nothing = new Uint8Array(0);

/**
 * Copies all of the source to an offset of the target.
 *
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when one of them was detached since it was looked at: by the
 * value, in whose midst they are moved.
 *
 * @internal
 */
export function setBytes(target: Uint8Array, source: Uint8Array, offset = 0): void {
  try {
    set.call(target, source, offset);
  } catch (cause) {
    throw detachedMeanwhile(cause);
  }
}

/**
 * A view on some bytes of the source.
 *
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when it was detached since it was looked at.
 *
 * @internal
 */
export function partOf(source: Uint8Array, start: number, end: number): Uint8Array {
  try {
    return subarray.call(source, start, end);
  } catch (cause) {
    throw detachedMeanwhile(cause);
  }
}

/**
 * Refuses bytes that were detached since they were looked at: what was written there is not where the caller looks.
 *
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL`.
 *
 * @internal
 */
export function checkStillAttached(bytes: Uint8Array): void {
  setBytes(bytes, nothing);
}

/** What the language says of detached bytes; near the end of the stack it says other things, which are not that. */
function detachedMeanwhile(cause: unknown): unknown {
  if (!(cause instanceof TypeError)) return cause;
  return new ProtocolError('bytes were detached while a value was moved', { cause });
}

/**
 * Zeroes bytes from the beginning up to an end. A target that was detached meanwhile has nothing to wipe.
 *
 * @internal
 */
export function zeroBytes(target: Uint8Array, end: number): void {
  try {
    fill.call(target, 0, 0, end);
  } catch {
    // Detached: it must not hide the error that led here.
  }
}
