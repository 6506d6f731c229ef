/** ECVRF-EDWARDS25519-SHA512-ELL2 of draft-irtf-cfrg-vrf-13 with batch-compatible proofs: Γ ‖ k·B ‖ k·H ‖ s. */
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { field, pointAt, POINT_SIZE } from '../curve.js';
import { sha512 } from '../hashes.js';
import { challengeOf } from './draft-03.js';
import { elligator } from './elligator.js';
import type { Suite } from './suite.js';

/** The suite, and what is hashed (draft 13, sections 5.4.3 and 5.2). */
const CHALLENGE = Uint8Array.of(0x04, 0x02);
const OUTPUT = Uint8Array.of(0x04, 0x03);
/** It ends what is hashed. */
const END = Uint8Array.of(0x00);

/** The domain of the hash to the curve, and its length (draft 13, section 5.5; RFC 9380, section 3.1). */
const DOMAIN_TEXT = new TextEncoder().encode('ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\u0004');
const DOMAIN = Uint8Array.of(...DOMAIN_TEXT, DOMAIN_TEXT.length);

/** Bytes of the number that a message is hashed to (RFC 9380, section 8.5: L = 48). */
const NUMBER_SIZE = 48;
/** A block of SHA-512. */
const ZERO_BLOCK = new Uint8Array(128);

/** Draft 13. */
export const draft13: Suite = {
  proofSize: 128,

  hashToCurve(verificationKey, alpha) {
    const { x, y } = elligator(numberOf(verificationKey, alpha));
    return pointAt(x, y).clearCofactor();
  },

  challenge({ verificationKey, hashed, gamma, u, v }) {
    return challengeOf(sha512(CHALLENGE, verificationKey, hashed, gamma, u, v, END));
  },

  output(gammaTimesCofactor) {
    return sha512(OUTPUT, gammaTimesCofactor, END);
  },

  decode(proof) {
    return {
      u: proof.subarray(POINT_SIZE, 2 * POINT_SIZE),
      v: proof.subarray(2 * POINT_SIZE, 3 * POINT_SIZE),
    };
  },
};

/** Hashes a message to a number below the prime (RFC 9380, sections 5.2 and 5.3.1: `expand_message_xmd`, one block). */
function numberOf(verificationKey: Uint8Array, alpha: Uint8Array): bigint {
  const size = Uint8Array.of(0, NUMBER_SIZE, 0);
  const seed = sha512(ZERO_BLOCK, verificationKey, alpha, size, DOMAIN);
  const block = sha512(seed, Uint8Array.of(1), DOMAIN).subarray(0, NUMBER_SIZE);
  return field.create(bytesToNumberBE(block));
}
