/**
 * Proofs of the VRF and their verification as candidates, beside the native calls that they consist of.
 */
import { praosVrf as inJavaScript } from '@evolock/kes-verify';
import { praosBatchCompatVrf, praosVrf, type VrfAlgorithm } from '@evolock/vrf-praos';
import { sodium } from './keys.js';
import { once, type Candidate } from './measure.js';
import { Keep, withSeed } from './new-key.js';
import { atMost, type Plan } from './rows.js';

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

/** The rows of both VRFs. The caller releases what they keep. */
export function vrfPlans(keep: Keep): Plan[] {
  const compared = [
    { algorithm: praosVrf, prepare: () => undefined },
    { algorithm: praosBatchCompatVrf, prepare: bareSign },
  ];
  const calls = (prepare: () => void, run: () => void) =>
    once('its calls of libsodium', () => {
      prepare();
      run();
    });
  return [
    ...compared.flatMap(({ algorithm, prepare }): Plan[] => {
      const key = keep.add(withSeed((seed) => algorithm.generateKey(seed)));
      return [
        {
          operation: `${algorithm.name} prove`,
          subject: once(`${algorithm.name} prove`, () => key.prove(alpha)),
          bare: calls(prepare, bareProof),
          target: atMost(1.2),
        },
        {
          operation: `${algorithm.name} verify`,
          subject: verification(algorithm),
          bare: calls(prepare, bareVerification),
          target: atMost(1.2),
        },
      ];
    }),
    {
      operation: 'PraosVRF verify without native code',
      subject: verification(praosVrf, inJavaScript),
      bare: verification(praosVrf),
    },
  ];
}

function verification(
  algorithm: VrfAlgorithm,
  verifier: Pick<VrfAlgorithm, 'verify'> = algorithm,
): Candidate {
  const key = withSeed((seed) => algorithm.generateKey(seed));
  const verificationKey = key.deriveVerificationKey();
  const proof = key.prove(alpha);
  key.release();
  return once(`${algorithm.name} verify`, () => {
    if (verifier.verify(verificationKey, alpha, proof) === undefined)
      throw new Error('not verified');
  });
}
