import { directSerialiseBufChecked, type DirectSerialise } from '@evolock/direct-serialise';
import { type KesSigningKey } from '@evolock/kes-sum';
import { rustSigningKey } from '@evolock/kes-sum/all';
import { hexOf } from '../../../cardano-headers/test/support/keys.js';

export { coldKey, hexOf, kesKey, vrfKey } from '../../../cardano-headers/test/support/keys.js';

/** The bytes of a value, in ordinary memory. */
export function bytesOf(size: number, value: DirectSerialise): Uint8Array {
  const bytes = new Uint8Array(size);
  directSerialiseBufChecked(bytes, value);
  return bytes;
}

/** The raw bytes of a key, with its period at the end in the layout `rust`. */
export function rawKey(key: KesSigningKey, layout: 'reference' | 'rust' = 'reference'): Uint8Array {
  const size = key.algorithm.signingKeySize;
  return layout === 'rust' ? bytesOf(size + 4, rustSigningKey(key)) : bytesOf(size, key);
}

/** A byte string of CBOR with a head of two bytes of length, in hexadecimal digits. */
export function cborHexOf(bytes: Uint8Array): string {
  return `59${bytes.byteLength.toString(16).padStart(4, '0')}${hexOf(bytes)}`;
}
