import { readVectorFile } from '../vector-file.js';
import { hexToBytes } from './bytes.js';

/** A seed and its two child seeds. */
export interface SeedExpansionVector {
  /** What the seed tests. */
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** H(0x01 ‖ seed), 32 bytes. */
  readonly left: Uint8Array;
  /** H(0x02 ‖ seed), 32 bytes. */
  readonly right: Uint8Array;
}

interface SeedContent {
  readonly vectors: readonly {
    readonly name: string;
    readonly seedHex: string;
    readonly leftHex: string;
    readonly rightHex: string;
  }[];
}

/**
 * The vectors of `seed-expansion.json`: left = H(0x01 ‖ seed), right = H(0x02 ‖ seed), where H is
 * Blake2b-256 (Malkin, Micciancio, Miner; as `cardano-crypto-class` has it).
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { seedExpansionVectors } from '@evolock/test-vectors';
 *
 * for (const { seed, left, right } of seedExpansionVectors()) {
 *   assert.deepEqual([seed.length, left.length, right.length], [32, 32, 32]);
 * }
 * ```
 */
export function seedExpansionVectors(): SeedExpansionVector[] {
  return (readVectorFile('seed-expansion.json') as SeedContent).vectors.map((vector) => ({
    name: vector.name,
    seed: hexToBytes(vector.seedHex),
    left: hexToBytes(vector.leftHex),
    right: hexToBytes(vector.rightHex),
  }));
}

/** A signature that must come out byte for byte and must be accepted. */
export interface Ed25519PositiveVector {
  /** Its source, or what it tests. */
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** Any length, 0 included. */
  readonly message: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** A signature that must be rejected. */
export interface Ed25519NegativeVector {
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** Any length. */
  readonly message: Uint8Array;
  /** 64 bytes, except in vectors about the length. */
  readonly signature: Uint8Array;
  /** Why it must be rejected; no two vectors have the same. */
  readonly why: string;
}

/** The content of `ed25519.json`. */
export interface Ed25519Vectors {
  /** Signatures that must come out byte for byte. */
  readonly positives: readonly Ed25519PositiveVector[];
  /** Signatures that must be rejected. */
  readonly negatives: readonly Ed25519NegativeVector[];
}

interface Ed25519Content {
  readonly positives: readonly {
    readonly name: string;
    readonly seedHex: string;
    readonly verificationKeyHex: string;
    readonly messageHex: string;
    readonly signatureHex: string;
  }[];
  readonly negatives: readonly {
    readonly verificationKeyHex: string;
    readonly messageHex: string;
    readonly signatureHex: string;
    readonly why: string;
  }[];
}

/**
 * The vectors of `ed25519.json`: RFC 8032 (section 7.1, tests 1 to 3) and others, and signatures that the rule of
 * libsodium rejects (A and R canonical and not of small order, S \< L, no cofactor).
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519Vectors } from '@evolock/test-vectors';
 *
 * const { positives, negatives } = ed25519Vectors();
 * assert.equal(positives[0]?.signature.length, 64);
 * assert.ok(negatives.some(({ why }) => why.includes('small order')));
 * ```
 */
export function ed25519Vectors(): Ed25519Vectors {
  const { positives, negatives } = readVectorFile('ed25519.json') as Ed25519Content;
  return {
    positives: positives.map((vector) => ({
      name: vector.name,
      seed: hexToBytes(vector.seedHex),
      verificationKey: hexToBytes(vector.verificationKeyHex),
      message: hexToBytes(vector.messageHex),
      signature: hexToBytes(vector.signatureHex),
    })),
    negatives: negatives.map((vector) => ({
      verificationKey: hexToBytes(vector.verificationKeyHex),
      message: hexToBytes(vector.messageHex),
      signature: hexToBytes(vector.signatureHex),
      why: vector.why,
    })),
  };
}
