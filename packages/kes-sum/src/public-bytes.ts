/**
 * Whether two public values are equal. Not for secrets: it stops at the first difference.
 *
 * @internal
 */
export function samePublicBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.byteLength !== right.byteLength) return false;
  for (let index = 0; index < left.byteLength; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
