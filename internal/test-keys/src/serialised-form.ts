import { directSerialiseBufChecked, type DirectSerialise } from '@evolock/direct-serialise';

/** The serialised form of a value, of a given size in bytes. */
export function serialisedTo(size: number, value: DirectSerialise): Uint8Array {
  const bytes = new Uint8Array(size);
  directSerialiseBufChecked(bytes, value);
  return bytes;
}

/** The serialised form of a key with an algorithm. */
export function serialised(
  key: DirectSerialise & { readonly algorithm: { readonly signingKeySize: number } },
): Uint8Array {
  return serialisedTo(key.algorithm.signingKeySize, key);
}

/** Copies of the blocks of the serialised form of a value. */
export function blocksOf(value: DirectSerialise): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  // A block may be a Buffer, and `slice` of a Buffer does not copy.
  value.directSerialise((block) => blocks.push(new Uint8Array(block)));
  return blocks;
}
