import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import {
  MLockedSeed,
  type KesKeyOptions,
  type KesAlgorithm,
  type KesReadOptions,
  type KesSigningKey,
} from '../src/index.js';

/** The key of a seed in ordinary bytes, which are left as they are. */
export function keyOf(
  algorithm: KesAlgorithm,
  seed: Uint8Array,
  options?: KesKeyOptions,
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

/** The key of a serialised form. */
export function keyFrom(
  algorithm: KesAlgorithm,
  bytes: Uint8Array,
  options?: KesReadOptions,
): KesSigningKey {
  return directDeserialiseBufChecked(bytes, algorithm, options);
}
