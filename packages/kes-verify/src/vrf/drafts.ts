/**
 * The suites of the two drafts: how a message becomes a point of the curve, with Elligator 2 (RFC 9380, sections 6.7.1
 * and 6.8.2; appendix D.1), and what is hashed.
 */
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { type CurvePoint, field, POINT_SIZE, pointAt, readNumber } from '../curve.js';
import { sha512 } from '../hashes.js';

/** The coefficient of the Montgomery curve (RFC 7748, section 4.1). */
const A = 486_662n;

/** The even root of −A − 2 (RFC 9380, section 6.8.2). */
const SCALE =
  6_853_475_219_497_561_581_579_357_271_197_624_642_482_790_079_785_650_197_046_958_215_289_687_604_742n;

/** The point of a number below the prime. The cofactor is not cleared. */
function elligator(uniform: bigint): { x: bigint; y: bigint } {
  // Two candidates for the coordinate u of the Montgomery curve. Exactly one of them is on the curve.
  const first = field.div(field.neg(A), 1n + 2n * field.sqr(uniform));
  const onFirst = rootOf(squareOfV(first));
  const u = onFirst === undefined ? field.sub(field.neg(A), first) : first;
  const v = onFirst ?? rootOf(squareOfV(u)) ?? 0n;
  // The point of order 2, of the number 0.
  if (v === 0n) return { x: 0n, y: 1n };
  const isOdd = (v & 1n) === 1n;
  const signed = isOdd === (onFirst !== undefined) ? v : field.neg(v);
  return {
    x: field.div(field.mul(SCALE, u), signed),
    y: field.div(field.sub(u, 1n), field.add(u, 1n)),
  };
}

/** v² = u³ + A·u² + u. */
function squareOfV(u: bigint): bigint {
  return field.mul(u, field.add(field.mul(u, field.add(u, A)), 1n));
}

/** Returns `undefined` for a number that is not a square. */
function rootOf(square: bigint): bigint | undefined {
  try {
    return field.sqrt(square);
  } catch {
    return undefined;
  }
}

/** What a prover announces before it knows the challenge, as encoded points. */
export interface Announcements {
  /** s·B − c·Y. */
  readonly u: Uint8Array;
  /** s·H − c·Γ. */
  readonly v: Uint8Array;
}

/** What of a proof the challenge is the hash of, as encoded points. */
export interface Transcript extends Announcements {
  readonly verificationKey: Uint8Array;
  readonly hashed: Uint8Array;
  readonly gamma: Uint8Array;
}

/** One draft: its hashes and its form of a proof. */
export interface Suite {
  /** Bytes of a proof. */
  readonly proofSize: number;
  /** Hashes a message to a point of the main subgroup. */
  hashToCurve(verificationKey: Uint8Array, alpha: Uint8Array): CurvePoint;
  /** The challenge, a number of 128 bits. */
  challenge(transcript: Transcript): bigint;
  /** The output: 64 bytes, from 8·Γ. */
  output(gammaTimesCofactor: Uint8Array): Uint8Array;
  /** What a proof of this draft holds beside Γ and the response. */
  decode(proof: Uint8Array): { readonly challenge: bigint } | Announcements;
}

/** Bytes of a challenge (draft 03, section 5.5: 2n = 32). */
const CHALLENGE_SIZE = 16;

/** The suite, and what is hashed (draft 03, sections 5.4.1.2, 5.4.3 and 5.2; the last two also in draft 13). */
const HASH_TO_CURVE = /* @__PURE__ */ Uint8Array.of(0x04, 0x01);
const CHALLENGE = /* @__PURE__ */ Uint8Array.of(0x04, 0x02);
const OUTPUT = /* @__PURE__ */ Uint8Array.of(0x04, 0x03);

/** ECVRF-ED25519-SHA512-Elligator2 of draft 03, which all networks use: a proof is Γ ‖ c ‖ s. */
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
function challengeOf(bytes: Uint8Array): bigint {
  return readNumber(bytes.subarray(0, CHALLENGE_SIZE));
}

/** It ends what is hashed (draft 13, sections 5.4.3 and 5.2). */
const END = /* @__PURE__ */ Uint8Array.of(0x00);

/** The domain of the hash to the curve, and its length, 40 (draft 13, section 5.5; RFC 9380, section 3.1). */
const DOMAIN_TEXT = 'ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\u0004\u0028';
// Not every engine has `TextEncoder`. The text is ASCII.
const DOMAIN = /* @__PURE__ */ Uint8Array.from(DOMAIN_TEXT, (each) => each.charCodeAt(0));

/** Bytes of the number that a message is hashed to (RFC 9380, section 8.5: L = 48). */
const NUMBER_SIZE = 48;
/** A block of SHA-512. */
const ZERO_BLOCK = /* @__PURE__ */ new Uint8Array(128);

/** ECVRF-EDWARDS25519-SHA512-ELL2 of draft 13 with batch-compatible proofs: Γ ‖ k·B ‖ k·H ‖ s. */
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
