import { keyFrom, serialisedTo } from '@evolock/test-keys';
import { extendedKeyVectors } from '@evolock/test-vectors';
import {
  ExtendedSigningKey,
  praosBatchCompatVrf,
  praosVrf,
  type AllocationOptions,
  type VrfAlgorithm,
  type VrfSigningKey,
} from '../src/index.js';

/** The algorithms. */
export const algorithms: readonly VrfAlgorithm[] = [praosVrf, praosBatchCompatVrf];

/** The serialised form of a key. */
export function serialised(key: VrfSigningKey): Uint8Array {
  return serialisedTo(praosVrf.signingKeySize, key);
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
  return keyFrom<ExtendedSigningKey, AllocationOptions>(ExtendedSigningKey, bytes, options);
}
