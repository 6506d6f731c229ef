/** ECVRF-EDWARDS25519-SHA512-ELL2 of draft-irtf-cfrg-vrf-13 with batch-compatible proofs: Γ ‖ k·B ‖ k·H ‖ s. */
import { sodium } from '@evolock/mlocked-seed/unsound';
import { littleEndian, POINT_SIZE, sha512 } from '../curve.js';
import { challengeOf } from './draft-03.js';
import { PRIME, signOf } from './elligator-sign.js';
import type { Suite } from './suite.js';

/** The suite, and what is hashed (draft 13, sections 5.4.3 and 5.2). */
const CHALLENGE = Uint8Array.of(0x04, 0x02);
const OUTPUT = Uint8Array.of(0x04, 0x03);
/** It ends what is hashed. */
const END = Uint8Array.of(0x00);

/** The domain of the hash to the curve, and its length (draft 13, section 5.5; RFC 9380, section 3.1). */
const DOMAIN_TEXT = Buffer.from('ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\u0004', 'latin1');
const DOMAIN = Buffer.concat([DOMAIN_TEXT, Uint8Array.of(DOMAIN_TEXT.length)]);

/** Bytes of the number that a message is hashed to (RFC 9380, section 8.5: L = 48). */
const NUMBER_SIZE = 48;
/** A block of SHA-512. */
const ZERO_BLOCK = new Uint8Array(128);

/** Draft 13. */
export const draft13: Suite = {
  name: 'PraosBatchCompatVRF',
  proofSize: 128,

  hashToCurve(verificationKey, alpha) {
    const uniform = numberOf(verificationKey, alpha);
    const point = new Uint8Array(POINT_SIZE);
    const signed = littleEndian(uniform | (signOf(uniform) << 255n));
    sodium.curve.crypto_core_ed25519_from_uniform(point, signed);
    return point;
  },

  challenge(verificationKey, hashed, gamma, { u, v }) {
    return challengeOf(sha512(CHALLENGE, verificationKey, hashed, gamma, u, v, END));
  },

  output(gammaTimesCofactor) {
    return sha512(OUTPUT, gammaTimesCofactor, END);
  },

  encode({ gamma, announcements, response }) {
    const proof = new Uint8Array(128);
    proof.set(gamma);
    proof.set(announcements.u, POINT_SIZE);
    proof.set(announcements.v, 2 * POINT_SIZE);
    proof.set(response, 3 * POINT_SIZE);
    return proof;
  },

  decode(proof) {
    return {
      announcements: {
        u: proof.subarray(POINT_SIZE, 2 * POINT_SIZE),
        v: proof.subarray(2 * POINT_SIZE, 3 * POINT_SIZE),
      },
    };
  },
};

/** Hashes a message to a number below the prime (RFC 9380, sections 5.2 and 5.3.1: `expand_message_xmd`, one block). */
function numberOf(verificationKey: Uint8Array, alpha: Uint8Array): bigint {
  const size = Uint8Array.of(0, NUMBER_SIZE, 0);
  const seed = sha512(ZERO_BLOCK, verificationKey, alpha, size, DOMAIN);
  const block = sha512(seed, Uint8Array.of(1), DOMAIN).subarray(0, NUMBER_SIZE);
  return BigInt(`0x${Buffer.from(block).toString('hex')}`) % PRIME;
}
