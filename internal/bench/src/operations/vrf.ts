/**
 * Proofs of the VRF and their verification as candidates, beside the native calls that they consist of.
 */
import {
  MLockedSeed,
  praosBatchCompatVrf,
  praosVrf,
  type VrfAlgorithm,
  type VrfSigningKey,
} from '@evolock/vrf-praos';
import { once, type Candidate } from '../timing/candidate.js';
import { sodium } from './bare.js';
import type { Keep } from './bench-keys.js';

/** The message of a block producer: 32 bytes. */
const alpha = new Uint8Array(32).fill(5);

const locked = (size: number): Uint8Array => sodium.sodium_malloc(size).fill(5);

/** Points and scalars of the bare calls. The secret ones are in memory that libsodium locks, like those of a key. */
const secret = { key: locked(64), scalar: locked(32), hash: locked(64), sum: locked(32) };
const open = {
  digest: new Uint8Array(64),
  alphaInput: new Uint8Array(66),
  challengeInput: new Uint8Array(130),
  outputInput: new Uint8Array(34),
  scalar: new Uint8Array(32).fill(5, 0, 31),
  uniform: new Uint8Array(32).fill(5),
  hashed: new Uint8Array(32),
  result: new Uint8Array(32),
};
sodium.crypto_core_ed25519_from_uniform(open.hashed, open.uniform);

/** The calls of libsodium in a proof. A challenge has 128 bits, half of them set. */
function bareProof(): void {
  sodium.crypto_hash_sha512(open.digest, open.alphaInput);
  sodium.crypto_core_ed25519_from_uniform(open.hashed, open.uniform);
  sodium.crypto_sign_ed25519_sk_to_curve25519(secret.scalar, secret.key);
  sodium.crypto_hash_sha512(secret.hash, secret.key);
  sodium.crypto_scalarmult_ed25519_noclamp(open.result, secret.scalar, open.hashed);
  sodium.crypto_hash_sha512(secret.hash, secret.key);
  sodium.crypto_core_ed25519_scalar_reduce(secret.scalar, secret.hash);
  sodium.crypto_scalarmult_ed25519_base_noclamp(open.result, secret.scalar);
  sodium.crypto_scalarmult_ed25519_noclamp(open.result, secret.scalar, open.hashed);
  sodium.crypto_hash_sha512(open.digest, open.challengeInput);
  for (let bit = 0; bit < 128 + 64; bit += 1)
    sodium.crypto_core_ed25519_scalar_add(secret.sum, secret.sum, secret.scalar);
}

/** The calls of libsodium in a verification. */
function bareVerification(): void {
  sodium.crypto_hash_sha512(open.digest, open.alphaInput);
  sodium.crypto_core_ed25519_from_uniform(open.hashed, open.uniform);
  sodium.crypto_core_ed25519_scalar_negate(open.result, open.scalar);
  for (let factor = 0; factor < 3; factor += 1)
    sodium.crypto_scalarmult_ed25519_noclamp(open.result, open.scalar, open.hashed);
  sodium.crypto_scalarmult_ed25519_base_noclamp(open.result, open.scalar);
  // Two sums of the equations, and three doublings for the output.
  for (let sum = 0; sum < 5; sum += 1)
    sodium.crypto_core_ed25519_add(open.result, open.hashed, open.hashed);
  sodium.crypto_hash_sha512(open.digest, open.challengeInput);
  sodium.crypto_hash_sha512(open.digest, open.outputInput);
}

/** What draft 13 adds to both: a second hash, and at least one sum that finds the sign of a point. */
function bareSign(): void {
  sodium.crypto_hash_sha512(open.digest, open.outputInput);
  sodium.crypto_core_ed25519_add(open.result, open.hashed, open.hashed);
}

/** A VRF, and what it is compared with. */
interface ComparedVrf {
  readonly algorithm: VrfAlgorithm;
  /** What is called before the calls of {@link bareProof} and {@link bareVerification}. */
  prepare(): void;
}

/** Both VRFs. */
export const vrfs: readonly ComparedVrf[] = [
  { algorithm: praosVrf, prepare: () => undefined },
  { algorithm: praosBatchCompatVrf, prepare: bareSign },
];

/** The native calls of a proof and of a verification. */
export function bareVrf(prepare: () => void): Record<'prove' | 'verify', Candidate> {
  const after = (calls: () => void) =>
    once('its calls of libsodium', () => {
      prepare();
      calls();
    });
  return { prove: after(bareProof), verify: after(bareVerification) };
}

function newVrfKey(algorithm: VrfAlgorithm): VrfSigningKey {
  const seed = MLockedSeed.newRandom(32);
  try {
    return algorithm.generateKey(seed);
  } finally {
    seed.release();
  }
}

/** A proof. */
export function prove(keep: Keep, algorithm: VrfAlgorithm): Candidate {
  const key = keep.add(newVrfKey(algorithm));
  return once(`${algorithm.name} prove`, () => key.prove(alpha));
}

/** A verification. */
export function verify(
  algorithm: VrfAlgorithm,
  verifier: Pick<VrfAlgorithm, 'verify'> = algorithm,
): Candidate {
  const key = newVrfKey(algorithm);
  const verificationKey = key.deriveVerificationKey();
  const proof = key.prove(alpha);
  key.release();
  return once(`${algorithm.name} verify`, () => {
    if (verifier.verify(verificationKey, alpha, proof) === undefined)
      throw new Error('not verified');
  });
}
