// The values of valid calls. They are deterministic, so that two calls with the same bytes give the same result.
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { ed25519, type Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { type KesSigningKey, compactSumKesOfDepth, sumKesOfDepth } from '@evolock/kes-sum';
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { extendedKeyVectors } from '@evolock/test-vectors';
import {
  ExtendedSigningKey,
  praosBatchCompatVrf,
  praosVrf,
  type VrfAlgorithm,
} from '@evolock/vrf-praos';
import { unsoundRaw } from '@evolock/kes-single/unsound';
import type { Releasable } from '../calls/call.js';

export const compactSum2Kes = compactSumKesOfDepth(2);
export const sum0Kes = sumKesOfDepth(0);
export const sum2Kes = sumKesOfDepth(2);

export { ed25519, praosVrf };

export const message = Uint8Array.from({ length: 48 }, (_, index) => index);
export const secret = (size: number) =>
  Uint8Array.from({ length: size }, (_, index) => (13 * index + 7) % 256);

/** Valid options of an allocation. */
export const pooled = { allocator: pooledAllocator };

export const lockedBytes = (size = 32) => MLockedBytes.fromBytes(secret(size));
export const seed = (size = 32) => MLockedSeed.fromBytes(secret(size));

/** A value that is released, of which only the class is of use. */
export function released<Value extends Releasable>(value: Value): Value {
  value.release();
  return value;
}

export function keyOf<Key extends Ed25519SigningKey | KesSigningKey>(algorithm: {
  generateKey: (seed: MLockedSeed<32>) => Key;
}) {
  using from = seed() as MLockedSeed<32>;
  return algorithm.generateKey(from);
}

/** Verification key, signature of the message at period 0, serialised form of the key that `keyOf` makes. */
export function publicPartsOf(algorithm: Parameters<typeof keyOf>[0]) {
  using key = keyOf(algorithm);
  return {
    verificationKey: key.deriveVerificationKey(),
    signature: key.sign(message),
    raw: 'algorithm' in key ? unsoundRaw(key, key.algorithm.signingKeySize) : secret(32),
  };
}

export function vrfKey(algorithm: VrfAlgorithm = praosVrf) {
  using from = seed() as MLockedSeed<32>;
  return algorithm.generateKey(from);
}

function vrfPartsOf() {
  using key = vrfKey();
  using other = vrfKey(praosBatchCompatVrf);
  return {
    verificationKey: key.deriveVerificationKey(),
    proof: key.prove(message),
    batchProof: other.prove(message),
    raw: unsoundRaw(key, praosVrf.signingKeySize),
  };
}

/** Verification key, proofs of the message and serialised form of the key that `vrfKey` makes. */
export const vrfParts = vrfPartsOf();

/** kL, kR, the verification key of kL, and a chain code. */
export const extendedImage = extendedImageOf();

function extendedImageOf() {
  const [vector] = extendedKeyVectors();
  if (vector === undefined) throw new Error('there is no vector of an extended key');
  return Uint8Array.from([...vector.extendedKey, ...vector.verificationKey, ...secret(32)]);
}

export function extendedKey() {
  return directDeserialiseBufChecked(extendedImage, ExtendedSigningKey);
}

/** A function that fills blocks from bytes, one after the other. */
export function pullFrom(bytes: Uint8Array): (block: Uint8Array) => void {
  let offset = 0;
  return (block) => {
    block.set(bytes.subarray(offset, offset + block.byteLength));
    offset += block.byteLength;
  };
}
