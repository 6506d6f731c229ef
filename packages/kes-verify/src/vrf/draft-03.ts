/** ECVRF-ED25519-SHA512-Elligator2 of draft-irtf-cfrg-vrf-03, which all networks use: a proof is Γ ‖ c ‖ s. */
import { field, pointAt, POINT_SIZE, readNumber } from '../curve.js';
import { sha512 } from '../hashes.js';
import { elligator } from './elligator.js';
import type { Suite } from './suite.js';

/** Bytes of a challenge (draft 03, section 5.5: 2n = 32). */
const CHALLENGE_SIZE = 16;

/** The suite, and what is hashed (draft 03, sections 5.4.1.2, 5.4.3 and 5.2). */
const HASH_TO_CURVE = Uint8Array.of(0x04, 0x01);
const CHALLENGE = Uint8Array.of(0x04, 0x02);
const OUTPUT = Uint8Array.of(0x04, 0x03);

/** Draft 03. */
export const draft03: Suite = {
  proofSize: 80,

  hashToCurve(verificationKey, alpha) {
    const digest = sha512(HASH_TO_CURVE, verificationKey, alpha).subarray(0, POINT_SIZE);
    // The highest bit is the sign of the point, which is positive.
    const { x, y } = elligator(field.create(readNumber(digest) % 2n ** 255n));
    return pointAt((x & 1n) === 0n ? x : field.neg(x), y).clearCofactor();
  },

  challenge({ hashed, gamma, u, v }) {
    return challengeOf(sha512(CHALLENGE, hashed, gamma, u, v));
  },

  output(gammaTimesCofactor) {
    return sha512(OUTPUT, gammaTimesCofactor);
  },

  decode(proof) {
    return { challenge: challengeOf(proof.subarray(POINT_SIZE)) };
  },
};

/** The first 16 bytes as a number. */
export function challengeOf(bytes: Uint8Array): bigint {
  return readNumber(bytes.subarray(0, CHALLENGE_SIZE));
}
