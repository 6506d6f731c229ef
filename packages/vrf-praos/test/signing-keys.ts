import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { serialisedTo } from '@evolock/test-keys';
import { extendedKeyVectors } from '@evolock/test-vectors';
import {
  ExtendedSigningKey,
  MLockedSeed,
  praosBatchCompatVrf,
  praosVrf,
  type AllocationOptions,
  type VrfAlgorithm,
  type VrfSigningKey,
} from '../src/index.js';

/** The algorithms. */
export const algorithms: readonly VrfAlgorithm[] = [praosVrf, praosBatchCompatVrf];

/** The key of a seed in ordinary bytes, which are not changed. */
export function keyOf(
  seed: Uint8Array,
  algorithm: VrfAlgorithm = praosVrf,
  options?: AllocationOptions,
): VrfSigningKey {
  using locked = MLockedSeed.fromBytes(seed.slice()) as MLockedSeed<32>;
  return algorithm.generateKey(locked, options);
}

/** The serialised form of a key. */
export function serialised(key: VrfSigningKey): Uint8Array {
  return serialisedTo(praosVrf.signingKeySize, key);
}

/** The key of a serialised form. */
export function keyFrom(
  bytes: Uint8Array,
  algorithm: VrfAlgorithm = praosVrf,
  options?: AllocationOptions,
): VrfSigningKey {
  return directDeserialiseBufChecked<VrfSigningKey, AllocationOptions>(bytes, algorithm, options);
}

const [vector] = extendedKeyVectors();

/** kL ‖ kR ‖ verification key ‖ chain code of the first vector. */
export const extendedImage = Uint8Array.from([
  ...(vector?.extendedKey ?? []),
  ...(vector?.verificationKey ?? []),
  ...new Uint8Array(32).fill(77),
]);

/** The extended key of a serialised form. */
export function extendedFrom(
  bytes: Uint8Array = extendedImage,
  options?: AllocationOptions,
): ExtendedSigningKey {
  return directDeserialiseBufChecked<ExtendedSigningKey, AllocationOptions>(
    bytes,
    ExtendedSigningKey,
    options,
  );
}
