/** Keys of any algorithm: made of seeds and bytes, and written. */
import {
  directDeserialiseBufChecked,
  directSerialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { MLockedSeed } from '@evolock/mlocked-seed';

/** Makes a key from a seed. The packages of the algorithms depend on this one, so it declares the interface. */
export interface KeyMaker<Key, Options extends object> {
  generateKey(seed: MLockedSeed, options?: Options): Key;
}

/** The members of an evolving key that the tests use. */
export interface TestedKey extends DirectSerialise, Disposable {
  readonly algorithm: { readonly signingKeySize: number };
  readonly period: number;
  deriveVerificationKey(): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  update(): void;
  release(): void;
}

/** The signing key of a seed in ordinary bytes. The bytes are not changed. */
export function keyOf<Key, Options extends object>(
  algorithm: KeyMaker<Key, Options>,
  seed: Uint8Array,
  options?: Options,
): Key {
  using locked = MLockedSeed.fromBytes(seed.slice());
  return algorithm.generateKey(locked, options);
}

/** The signing key of a seed, evolved to a period. */
export function keyAt<Key extends TestedKey>(
  algorithm: KeyMaker<Key, object>,
  seed: Uint8Array,
  period: number,
): Key {
  const key = keyOf(algorithm, seed);
  while (key.period < period) key.update();
  return key;
}

/** The signing key of a serialised form. */
export function keyFrom<Key, Options extends object>(
  algorithm: DirectDeserialise<Key, Options>,
  bytes: Uint8Array,
  options?: Options,
): Key {
  return directDeserialiseBufChecked(bytes, algorithm, options);
}

/** A released key evolving key, as `describeLockedValue` tests it. */
export const releasedKey = {
  right: { sign: [Uint8Array.of(1)], directSerialise: [() => {}], updateTo: [0] },
  refuses: [
    'period',
    'sign',
    'update',
    'updateTo',
    'deriveVerificationKey',
    'clone',
    'directSerialise',
  ],
  harmless: ['algorithm'],
};

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
