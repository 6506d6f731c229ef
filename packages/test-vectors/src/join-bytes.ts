/**
 * Bytes one after another, cut off or filled with zeroes to a size if one is given.
 *
 * @internal
 */
export function joinBytes(parts: readonly Uint8Array[], size?: number): Uint8Array {
  const all = parts.flatMap((part) => [...part]);
  if (size === undefined) return Uint8Array.from(all);
  const sized = new Uint8Array(size);
  sized.set(all.slice(0, size));
  return sized;
}
