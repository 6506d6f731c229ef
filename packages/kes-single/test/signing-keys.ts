import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import fc from 'fast-check';
import {
  MLockedSeed,
  type AllocationOptions,
  type KesAlgorithm,
  type KesReadOptions,
  type KesSigningKey,
} from '../src/index.js';

/** Any seed, as ordinary bytes. */
export const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Any short message. */
export const messages = fc.uint8Array({ maxLength: 100 });

/** A seed that is easy to tell. */
export function seedOf(number: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => (7 * number + 11 * index + 1) % 256);
}

/** The key of a seed in ordinary bytes, which are left as they are. */
export function keyOf(
  algorithm: KesAlgorithm,
  seed: Uint8Array,
  options?: AllocationOptions,
): KesSigningKey {
  using locked = MLockedSeed.fromBytes(seed.slice());
  return algorithm.generateKey(locked, options);
}

/** The key of a seed, moved on to a period. */
export function keyAt(algorithm: KesAlgorithm, seed: Uint8Array, period: number): KesSigningKey {
  const key = keyOf(algorithm, seed);
  while (key.period < period) key.update();
  return key;
}

/** The serialised form of a key. */
export function serialised(key: KesSigningKey): Uint8Array {
  const bytes = new Uint8Array(key.algorithm.signingKeySize);
  directSerialiseBufChecked(bytes, key);
  return bytes;
}

/** Copies of the blocks of a key's serialised form. */
export function blocksOf(key: KesSigningKey): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  // A block may be a Buffer, whose `slice` is no copy.
  key.directSerialise((block) => blocks.push(new Uint8Array(block)));
  return blocks;
}

/** The key of a serialised form. */
export function keyFrom(
  algorithm: KesAlgorithm,
  bytes: Uint8Array,
  options?: KesReadOptions,
): KesSigningKey {
  return directDeserialiseBufChecked(bytes, algorithm, options);
}

/** The code of what a call throws; undefined when it throws nothing, the error itself when it has no code. */
export function codeOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}
