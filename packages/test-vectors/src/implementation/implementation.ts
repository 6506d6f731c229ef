import type { KesAlgorithmKind } from '../vectors/algorithm.js';
import type { VrfAlgorithmName } from '../vectors/vrf.js';

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
   * Verifies by libsodium's rule. Returns `false` for a verification key or signature of a wrong length and does not
   * throw.
   */
  verify(verificationKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Ed25519 with an extended key (BIP32-Ed25519), as an implementation offers it to the runner. */
export interface ExtendedImplementation {
  /**
   * @param extendedKey - kL ‖ kR, 64 bytes.
   * @returns The verification key, 32 bytes.
   */
  deriveVerificationKey(extendedKey: Uint8Array): Uint8Array;
  /**
   * @param extendedKey - kL ‖ kR, 64 bytes.
   * @param message - Any length.
   * @returns The signature, 64 bytes.
   */
  sign(extendedKey: Uint8Array, message: Uint8Array): Uint8Array;
}

/** A VRF, as an implementation offers it to the runner. */
export interface VrfImplementation {
  /**
   * @param seed - 32 bytes.
   * @returns The verification key, 32 bytes.
   */
  deriveVerificationKey(seed: Uint8Array): Uint8Array;
  /**
   * @param seed - 32 bytes.
   * @param alpha - The message, any length.
   * @returns The proof.
   */
  prove(seed: Uint8Array, alpha: Uint8Array): Uint8Array;
  /**
   * Verifies as cardano-base does.
   *
   * @returns The output, 64 bytes; `undefined` when the proof is not valid, also for a wrong length. Does not throw.
   */
  verify(verificationKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | undefined;
  /** The output of a proof, 64 bytes. */
  outputOf(proof: Uint8Array): Uint8Array | undefined;
}

/** One signing key of an implementation. */
export interface KesKeyHandle {
  /** The period of the key, 0 to 2^depth − 1. */
  readonly period: number;
  /** The verification key, 32 bytes. */
  deriveVerificationKey(): Uint8Array;
  /** The signature of a message at the period of the key. */
  sign(message: Uint8Array): Uint8Array;
  /** Moves to the next period. At the last period it throws and leaves the key unchanged. */
  update(): void;
  /** The raw form of the key, 32 + 96 · depth bytes (all blocks of DirectSerialise, in order). */
  serialise(): Uint8Array;
  /** Sizes in bytes of the blocks that DirectSerialise passes, in order. */
  blockSizes(): number[];
  /** Releases the key. The runner calls it once for each handle, also when a case fails. */
  release(): void;
}

/** CBOR of verification keys and signatures: one byte string, the shortest head, no tag. */
export interface KesCborImplementation {
  /**
   * The one encoding of a verification key.
   *
   * @param verificationKey - 32 bytes.
   */
  encodeVerificationKey(verificationKey: Uint8Array): Uint8Array;
  /** Throws for every input but the one encoding of a verification key. */
  decodeVerificationKey(encoded: Uint8Array): Uint8Array;
  /**
   * The one encoding of a signature.
   *
   * @param signature - As many bytes as the algorithm's signatures have.
   */
  encodeSignature(signature: Uint8Array): Uint8Array;
  /** Throws for every input but the one encoding of a signature of the algorithm. */
  decodeSignature(encoded: Uint8Array): Uint8Array;
}

/** Keys in the layout of the Rust crate: the raw form, then the period as 4 bytes, big endian. `serialise` writes it. */
export interface KesRustFormImplementation {
  /** The key of a 32-byte seed, at period 0. */
  generateKey(seed: Uint8Array): KesKeyHandle;
  /** Reads a key in this layout; throws for a wrong length, and when the stated period is not that of the key. */
  readKey(serialised: Uint8Array): KesKeyHandle;
}

/** How an implementation reports tampered keys. */
export interface KesCheckedRead {
  /**
   * The level, 1 (next to the leaf) to the depth, that an error thrown by `readKey` names; absent when errors name no
   * level.
   */
  levelOf?(error: unknown): number | undefined;
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
   * Reads a serialised key; throws for a wrong length, and when the key is at another period.
   *
   * @param serialised - 32 + 96 · depth bytes.
   * @param period - The period of the key. Absent: it is read from the zeroed seeds.
   */
  readKey(serialised: Uint8Array, period?: number): KesKeyHandle;
  /**
   * Verifies a signature. Returns `false` for a wrong period or length and does not throw.
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
  /** CBOR of verification keys and signatures. */
  readonly cbor?: KesCborImplementation;
  /** Keys in the layout of the Rust crate. */
  readonly rust?: KesRustFormImplementation;
  /** Present when `readKey` recomputes verification keys and throws for those that differ. */
  readonly checkedRead?: KesCheckedRead;
}

/** What the runner tests. A missing part has no cases. */
export interface Implementation {
  /**
   * Whether it only verifies. Then the cases that make or read keys, sign or prove are left out, and the methods for them are
   * not called.
   */
  readonly verifiesOnly?: boolean;
  /** Seed expansion. */
  readonly seed?: SeedImplementation;
  /** Ed25519. */
  readonly dsign?: DsignImplementation;
  /** Ed25519 with extended keys. */
  readonly extended?: ExtendedImplementation;
  /** The implementation of a VRF, or `undefined` when there is none. */
  vrf?(algorithm: VrfAlgorithmName): VrfImplementation | undefined;
  /** The implementation of an algorithm at a depth, or `undefined` when there is none. */
  kes?(algorithm: KesAlgorithmKind, depth: number): KesImplementation | undefined;
}
