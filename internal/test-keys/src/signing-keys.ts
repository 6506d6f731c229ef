import { directDeserialiseBufChecked, type DirectDeserialise } from '@evolock/direct-serialise';
import { MLockedSeed } from '@evolock/mlocked-seed';
import type { KeyMaker, TestedKey } from './tested-algorithm.js';

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
