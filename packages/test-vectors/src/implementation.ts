import type { KesAlgorithmKind } from './kes-algorithm.js';

/** Seed expansion, as an implementation offers it to the runner. */
export interface SeedImplementation {
  /**
   * Expands a seed.
   *
   * @param seed - 32 bytes.
   * @returns H(0x01 ‖ seed) and H(0x02 ‖ seed), 32 bytes each, where H is Blake2b-256.
   */
  expand(seed: Uint8Array): { left: Uint8Array; right: Uint8Array };
}

/** Ed25519 (RFC 8032), as an implementation offers it to the runner. */
export interface DsignImplementation {
  /**
   * @param seed - 32 bytes.
   * @returns The verification key, 32 bytes.
   */
  deriveVerificationKey(seed: Uint8Array): Uint8Array;
  /**
   * @param seed - 32 bytes.
   * @param message - Any length.
   * @returns The signature, 64 bytes.
   */
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * Verifies by libsodium's rule. Answers `false` to a verification key or signature of any wrong
   * length and does not throw.
   */
  verify(verificationKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** One signing key of an implementation, wherever its memory is. */
export interface KesKeyHandle {
  /** The period at which the key stands, 0 to 2^depth − 1. */
  readonly period: number;
  /** The verification key, 32 bytes. */
  deriveVerificationKey(): Uint8Array;
  /** The signature of a message at the period of the key. */
  sign(message: Uint8Array): Uint8Array;
  /** Goes on to the next period; throws at the last one, and leaves the key as it was. */
  update(): void;
  /** The raw form of the key, 32 + 96 · depth bytes (all blocks of DirectSerialise, in order). */
  serialise(): Uint8Array;
  /** Sizes in bytes of the blocks that DirectSerialise passes, in order. */
  blockSizes(): number[];
  /** Lets go of the key. The runner calls it once for every handle, also when a case fails. */
  release(): void;
}

/** One algorithm at one depth, as an implementation offers it to the runner. */
export interface KesImplementation {
  /** A name to print, such as `ed25519_kes_2^6`. */
  readonly name: string;
  /** 2^depth. */
  readonly totalPeriods: number;
  /** Bytes of a signature. */
  readonly signatureSize: number;
  /** Bytes of a serialised signing key. */
  readonly signingKeySize: number;
  /** Bytes of a verification key: 32. */
  readonly verificationKeySize: number;
  /** The key of a 32-byte seed, at period 0. */
  generateKey(seed: Uint8Array): KesKeyHandle;
  /**
   * Reads a serialised key.
   *
   * @param serialised - 32 + 96 · depth bytes.
   * @param period - The period at which the key stands; left out, it is read from the zeroed slots.
   */
  readKey(serialised: Uint8Array, period?: number): KesKeyHandle;
  /**
   * Verifies a signature. Answers `false` to any wrong period or length and does not throw.
   *
   * @param verificationKey - 32 bytes.
   * @param period - Any integer, also one that no key can have.
   */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** What the runner drives: any of the parts may be missing, and its cases then are too. */
export interface Implementation {
  /** Seed expansion. */
  readonly seed?: SeedImplementation;
  /** Ed25519. */
  readonly dsign?: DsignImplementation;
  /** The implementation of an algorithm at a depth, or `undefined` where there is none. */
  kes?(algorithm: KesAlgorithmKind, depth: number): KesImplementation | undefined;
}
