/**
 * Whether two public values are equal. Not for secrets: it stops at the first difference.
 *
 * @internal
 */
export function samePublicBytes(left: Uint8Array, right: Uint8Array): boolean {
  // Engines call a function for `byteLength`, and know `length`.
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
