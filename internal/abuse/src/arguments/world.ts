// The values of valid calls. They are deterministic, so that two calls with the same bytes give the same result.
import { MLockedBytes, pooledAllocator, type MLockedSlot } from '@evolock/mlocked-bytes';
import { unsoundAllocator } from '@evolock/mlocked-bytes/unsound';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { ed25519, type Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { compactSum2Kes, sum0Kes, sum2Kes, type KesSigningKey } from '@evolock/kes-sum';
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { extendedKeyVectors } from '@evolock/test-vectors';
import {
  ExtendedSigningKey,
  praosBatchCompatVrf,
  praosVrf,
  type VrfAlgorithm,
} from '@evolock/vrf-praos';
import { unsoundRaw } from '@evolock/kes-single/unsound';

export { compactSum2Kes, ed25519, praosVrf, sum0Kes, sum2Kes };

export const message = Uint8Array.from({ length: 48 }, (_, index) => index);
export const secret = (size: number) =>
  Uint8Array.from({ length: size }, (_, index) => (13 * index + 7) % 256);

/** How many slots of the allocator below are alive. */
export const log = { live: 0 };

/** A slot that is counted. */
class LoggedSlot implements MLockedSlot {
  readonly #slot: MLockedSlot;

  constructor(slot: MLockedSlot) {
    this.#slot = slot;
    log.live += 1;
  }

  get unsoundBytes() {
    return this.#slot.unsoundBytes;
  }

  get released() {
    return this.#slot.released;
  }

  release() {
    if (!this.released) log.live -= 1;
    this.#slot.release();
  }
}

export const logged = {
  allocator: unsoundAllocator(
    (size, alignment) => new LoggedSlot(pooledAllocator.allocate(size, alignment)),
  ),
};

export const lockedBytes = (size = 32) => MLockedBytes.fromBytes(secret(size), logged);
export const seed = (size = 32) => MLockedSeed.fromBytes(secret(size), logged);

export function keyOf<Key extends Ed25519SigningKey | KesSigningKey>(algorithm: {
  generateKey: (seed: MLockedSeed<32>, options: typeof logged) => Key;
}) {
  const from = seed() as MLockedSeed<32>;
  try {
    return algorithm.generateKey(from, logged);
  } finally {
    from.release();
  }
}

function publicPartsOf(algorithm: Parameters<typeof keyOf>[0]) {
  const key = keyOf(algorithm);
  const verificationKey = key.deriveVerificationKey();
  const signature = key.sign(message);
  const raw = 'algorithm' in key ? unsoundRaw(key, key.algorithm.signingKeySize) : secret(32);
  key.release();
  return { verificationKey, signature, raw };
}

/**
 * Verification key, signature of the message at period 0, serialised form of the key that `keyOf` makes.
 */
export const publicParts = new Map<unknown, ReturnType<typeof publicPartsOf>>(
  [ed25519, sum0Kes, sum2Kes, compactSum2Kes].map((algorithm) => [
    algorithm,
    publicPartsOf(algorithm),
  ]),
);

export function vrfKey(algorithm: VrfAlgorithm = praosVrf) {
  using from = seed() as MLockedSeed<32>;
  return algorithm.generateKey(from, logged);
}

function vrfPartsOf() {
  const key = vrfKey();
  const other = vrfKey(praosBatchCompatVrf);
  try {
    return {
      verificationKey: key.deriveVerificationKey(),
      proof: key.prove(message),
      batchProof: other.prove(message),
      raw: unsoundRaw(key, praosVrf.signingKeySize),
    };
  } finally {
    key.release();
    other.release();
  }
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
  return directDeserialiseBufChecked<ExtendedSigningKey, typeof logged>(
    extendedImage,
    ExtendedSigningKey,
    logged,
  );
}

/** A function that fills blocks from bytes, one after the other. */
export function pullFrom(bytes: Uint8Array): (block: Uint8Array) => void {
  let offset = 0;
  return (block) => {
    block.set(bytes.subarray(offset, offset + block.byteLength));
    offset += block.byteLength;
  };
}
