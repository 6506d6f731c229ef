/**
 * Bytes are copied and zeroed by the methods of the language: they look at the bytes themselves, whatever properties
 * these pretend to have.
 */
// eslint-disable-next-line @typescript-eslint/unbound-method -- they are bound at every use, by `call`
const { fill, set } = Uint8Array.prototype;

/**
 * Copies all of the source to an offset of the target.
 *
 * @internal
 */
export function setBytes(target: Uint8Array, source: Uint8Array, offset = 0): void {
  set.call(target, source, offset);
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
