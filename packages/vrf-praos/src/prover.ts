/** Makes proofs in scratch memory. */
import { copyCall, sodium } from '@evolock/mlocked-seed/unsound';
import { POINT_SIZE } from './curve.js';
import { type Announcements, CHALLENGE_SIZE, type Suite } from './suite/drafts.js';
import { inScratch, type ScalarScratch } from './scalar-scratch.js';

const { curve } = sodium;

/** Bytes of a signing key: seed ‖ verification key. */
export const SIGNING_KEY_SIZE = 64;
/** Bytes of a seed. */
export const SEED_SIZE = 32;

/**
 * Proves a public message with the locked memory of a key, seed ‖ verification key. Source: draft-irtf-cfrg-vrf-03, section
 * 5.1, with the nonce of section 5.4.2.2.
 */
export function prove(
  suite: Suite,
  memory: Uint8Array,
  verificationKey: Uint8Array,
  alpha: Uint8Array,
): Uint8Array {
  const hashed = suite.hashToCurve(verificationKey, alpha);
  return inScratch((scratch) => {
    const gamma = new Uint8Array(POINT_SIZE);
    const announcements = announce(scratch, memory, hashed, gamma);
    const challenge = suite.challenge(verificationKey, hashed, gamma, announcements);
    const response = scratch.respond(challenge.subarray(0, CHALLENGE_SIZE));
    return suite.encode({ gamma, announcements, challenge, response });
  });
}

/** Computes the scalar x, the nonce k, and what is public of them: Γ = x·H, k·B and k·H. */
function announce(
  scratch: ScalarScratch,
  memory: Uint8Array,
  hashed: Uint8Array,
  gamma: Uint8Array,
): Announcements {
  const u = new Uint8Array(POINT_SIZE);
  const v = new Uint8Array(POINT_SIZE);
  const { key, seedHash, nonceInput, point, wide, scalar, nonce } = scratch;
  scratch.run([
    copyCall(key, memory),
    curve.crypto_sign_ed25519_sk_to_curve25519.bind(undefined, scalar, key),
    curve.crypto_scalarmult_ed25519_noclamp.bind(undefined, gamma, scalar, hashed),
    curve.crypto_hash_sha512.bind(undefined, seedHash, key.subarray(0, SEED_SIZE)),
    copyCall(point, hashed),
    curve.crypto_hash_sha512.bind(undefined, wide, nonceInput),
    curve.crypto_core_ed25519_scalar_reduce.bind(undefined, nonce, wide),
    curve.crypto_scalarmult_ed25519_base_noclamp.bind(undefined, u, nonce),
    curve.crypto_scalarmult_ed25519_noclamp.bind(undefined, v, nonce, hashed),
  ]);
  return { u, v };
}
