/**
 * What the two drafts of the VRF, draft-irtf-cfrg-vrf-03 and -13, do differently: their hashes and their forms of a
 * proof. All of it is public.
 */
import { sodium } from '@evolock/mlocked-seed/unsound';
import { littleEndian, POINT_SIZE, sha512 } from '../curve.js';
import { PRIME, signOf } from './elligator-sign.js';

/** A proof as its parts. Points and scalars have 32 bytes. */
export interface ProofParts {
  /** The point of which the output is the hash. */
  readonly gamma: Uint8Array;
  /** The announcements k·B and k·H. */
  readonly announcements: Announcements;
  /** The challenge: 16 bytes, then zeros. */
  readonly challenge: Uint8Array;
  readonly response: Uint8Array;
}

/** What a prover announces before it knows the challenge. */
export interface Announcements {
  /** k·B, in verification s·B − c·Y. */
  readonly u: Uint8Array;
  /** k·H, in verification s·H − c·Γ. */
  readonly v: Uint8Array;
}

/** One draft: its hashes and its form of a proof. */
export interface Suite {
  /** Name of the algorithm in cardano-base. */
  readonly name: string;
  /** Bytes of a proof. */
  readonly proofSize: number;
  /** Hashes a message to a point of the main subgroup. */
  hashToCurve(verificationKey: Uint8Array, alpha: Uint8Array): Uint8Array;
  /** The challenge: 16 bytes of a hash, then zeros. */
  challenge(
    verificationKey: Uint8Array,
    hashed: Uint8Array,
    gamma: Uint8Array,
    announcements: Announcements,
  ): Uint8Array;
  /** The output: 64 bytes, from 8·Γ. */
  output(gammaTimesCofactor: Uint8Array): Uint8Array;
  /** The proof of its parts. */
  encode(parts: ProofParts): Uint8Array;
  /** The part that a proof of this draft holds beside Γ and the response. */
  decode(proof: Uint8Array): Pick<ProofParts, 'challenge'> | Pick<ProofParts, 'announcements'>;
}

/** Bytes of a challenge (draft 03, section 5.5: 2n = 32). */
export const CHALLENGE_SIZE = 16;

/** The suite, and what is hashed (draft 03, sections 5.4.1.2, 5.4.3 and 5.2; the last two also in draft 13). */
const HASH_TO_CURVE = Uint8Array.of(0x04, 0x01);
const CHALLENGE = Uint8Array.of(0x04, 0x02);
const OUTPUT = Uint8Array.of(0x04, 0x03);

/** ECVRF-ED25519-SHA512-Elligator2 of draft 03, which all networks use: a proof is Γ ‖ c ‖ s. */
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

/** It ends what is hashed (draft 13, sections 5.4.3 and 5.2). */
const END = Uint8Array.of(0x00);

/** The domain of the hash to the curve, and its length (draft 13, section 5.5; RFC 9380, section 3.1). */
const DOMAIN_TEXT = Buffer.from('ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\u0004', 'latin1');
const DOMAIN = Buffer.concat([DOMAIN_TEXT, Uint8Array.of(DOMAIN_TEXT.length)]);

/** Bytes of the number that a message is hashed to (RFC 9380, section 8.5: L = 48). */
const NUMBER_SIZE = 48;
/** A block of SHA-512. */
const ZERO_BLOCK = new Uint8Array(128);

/** ECVRF-EDWARDS25519-SHA512-ELL2 of draft 13 with batch-compatible proofs: Γ ‖ k·B ‖ k·H ‖ s. */
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
