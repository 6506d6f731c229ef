/** ECVRF-ED25519-SHA512-Elligator2 of draft-irtf-cfrg-vrf-03, which all networks use: a proof is Γ ‖ c ‖ s. */
import { sodium } from '@evolock/mlocked-seed/unsound';
import { POINT_SIZE, sha512 } from '../curve.js';
import type { Suite } from './suite.js';

/** Bytes of a challenge (draft 03, section 5.5: 2n = 32). */
export const CHALLENGE_SIZE = 16;

/** The suite, and what is hashed (draft 03, sections 5.4.1.2, 5.4.3 and 5.2). */
const HASH_TO_CURVE = Uint8Array.of(0x04, 0x01);
const CHALLENGE = Uint8Array.of(0x04, 0x02);
const OUTPUT = Uint8Array.of(0x04, 0x03);

/** Draft 03. */
export const draft03: Suite = {
  name: 'PraosVRF',
  proofSize: 80,

  hashToCurve(verificationKey, alpha) {
    const uniform = sha512(HASH_TO_CURVE, verificationKey, alpha).subarray(0, POINT_SIZE);
    // The highest bit is the sign of the point, which is positive.
    uniform[POINT_SIZE - 1] = (uniform[POINT_SIZE - 1] ?? 0) & 0x7f;
    const point = new Uint8Array(POINT_SIZE);
    sodium.curve.crypto_core_ed25519_from_uniform(point, uniform);
    return point;
  },

  challenge(_verificationKey, hashed, gamma, { u, v }) {
    return challengeOf(sha512(CHALLENGE, hashed, gamma, u, v));
  },

  output(gammaTimesCofactor) {
    return sha512(OUTPUT, gammaTimesCofactor);
  },

  encode({ gamma, challenge, response }) {
    const proof = new Uint8Array(80);
    proof.set(gamma);
    proof.set(challenge.subarray(0, CHALLENGE_SIZE), POINT_SIZE);
    proof.set(response, POINT_SIZE + CHALLENGE_SIZE);
    return proof;
  },

  decode(proof) {
    return { challenge: challengeOf(proof.subarray(POINT_SIZE)) };
  },
};

/** The first 16 bytes as a scalar. */
export function challengeOf(bytes: Uint8Array): Uint8Array {
  const challenge = new Uint8Array(POINT_SIZE);
  challenge.set(bytes.subarray(0, CHALLENGE_SIZE));
  return challenge;
}
