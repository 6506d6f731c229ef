// The values of valid calls. They are deterministic, so that two calls with the same bytes give the same result.
import {
  MLockedBytes,
  MLockedRegion,
  MLockedSizedBytes,
  pooledAllocator,
} from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { ed25519 } from '@evolock/dsign-ed25519';
import { compactSum2Kes, sum0Kes, sum2Kes } from '@evolock/kes-sum';
import { unsoundRawSigningKey } from '@evolock/kes-single/unsound';

export { compactSum2Kes, ed25519, sum0Kes, sum2Kes };

export const message = Uint8Array.from({ length: 48 }, (_, index) => index);
/** @param {number} size */
export const secret = (size) =>
  Uint8Array.from({ length: size }, (_, index) => (13 * index + 7) % 256);

/** An allocator that counts its slots that are alive. */
export const log = {
  live: 0,
  /**
   * @param {number} size
   * @param {number} [alignment]
   */
  allocate(size, alignment) {
    const slot = pooledAllocator.allocate(size, alignment);
    let isLive = true;
    log.live += 1;
    return {
      unsoundBytes: slot.unsoundBytes,
      release() {
        slot.release();
        if (isLive) log.live -= 1;
        isLive = false;
      },
    };
  },
};
export const logged = { allocator: log };

export const lockedBytes = (size = 32) => MLockedBytes.fromBytes(secret(size), logged);
export const sizedBytes = (size = 32) =>
  MLockedSizedBytes.fromBytes(secret(size), { ...logged, size });
export const region = () => {
  const made = MLockedRegion.allocate(64);
  made.withBytes((bytes) => void bytes.fill(3));
  return made;
};
export const seed = (size = 32) => MLockedSeed.fromBytes(secret(size), logged);

/** @typedef {import('@evolock/kes-sum').KesSigningKey} KesSigningKey */
/** @typedef {import('@evolock/dsign-ed25519').Ed25519SigningKey} Ed25519SigningKey */

/**
 * @template {Ed25519SigningKey | KesSigningKey} Key
 * @param {{ generateKey: (seed: MLockedSeed<32>, options: typeof logged) => Key }} algorithm
 */
export function keyOf(algorithm) {
  const from = /** @type {MLockedSeed<32>} */ (seed());
  try {
    return algorithm.generateKey(from, logged);
  } finally {
    from.release();
  }
}

/** @param {Parameters<typeof keyOf>[0]} algorithm */
function publicPartsOf(algorithm) {
  const key = keyOf(algorithm);
  const verificationKey = key.deriveVerificationKey();
  const signature = key.sign(message);
  const raw = 'algorithm' in key ? unsoundRawSigningKey(key) : secret(32);
  key.release();
  return { verificationKey, signature, raw };
}

/**
 * Verification key, signature of the message at period 0, serialised form of the key that `keyOf` makes.
 *
 * @type {Map<unknown, ReturnType<typeof publicPartsOf>>}
 */
export const publicParts = new Map(
  [ed25519, sum0Kes, sum2Kes, compactSum2Kes].map((algorithm) => [
    algorithm,
    publicPartsOf(algorithm),
  ]),
);

/**
 * A function that fills blocks from bytes, one after the other.
 *
 * @param {Uint8Array} bytes
 * @returns {(block: Uint8Array) => void}
 */
export function pullFrom(bytes) {
  let offset = 0;
  return (block) => {
    block.set(bytes.subarray(offset, offset + block.byteLength));
    offset += block.byteLength;
  };
}
