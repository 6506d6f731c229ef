/** What an implementation offers to the runner. A method may return its result or a promise of it. */
import { checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import type { HeaderExpectation, HeaderInput } from './headers.js';
import type {
  SealedLogExpectation,
  SealedLogInput,
  SealedLogProof,
  SealedLogVector,
} from './sealed-logs.js';
import type { KesAlgorithmKind, VrfAlgorithmName } from './vectors.js';

/** A value, or a promise of it. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Seed expansion. */
export interface SeedImplementation {
  /** Expands a seed of 32 bytes to H(0x01 ‖ seed) and H(0x02 ‖ seed), 32 bytes each, where H is Blake2b-256. */
  expand(seed: Uint8Array): Awaitable<{ left: Uint8Array; right: Uint8Array }>;
}

/** Ed25519 (RFC 8032). */
export interface DsignImplementation {
  /** The verification key, 32 bytes, of a seed of 32 bytes. */
  deriveVerificationKey(seed: Uint8Array): Awaitable<Uint8Array>;
  /** The signature, 64 bytes, of a message of any length. */
  sign(seed: Uint8Array, message: Uint8Array): Awaitable<Uint8Array>;
  /**
   * Verifies by libsodium's rule. Returns `false` for a verification key or signature of a wrong length and does not throw.
   */
  verify(
    verificationKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): Awaitable<boolean>;
}

/** Ed25519 with an extended key (BIP32-Ed25519). */
export interface ExtendedImplementation {
  /** The verification key, 32 bytes, of kL ‖ kR, 64 bytes. */
  deriveVerificationKey(extendedKey: Uint8Array): Awaitable<Uint8Array>;
  /** The signature, 64 bytes, of a message of any length. */
  sign(extendedKey: Uint8Array, message: Uint8Array): Awaitable<Uint8Array>;
}

/** A VRF. */
export interface VrfImplementation {
  /** The verification key, 32 bytes, of a seed of 32 bytes. */
  deriveVerificationKey(seed: Uint8Array): Awaitable<Uint8Array>;
  /** The proof of a message of any length. */
  prove(seed: Uint8Array, alpha: Uint8Array): Awaitable<Uint8Array>;
  /**
   * Verifies as cardano-base does. Returns the output, 64 bytes; `undefined` when the proof is not valid, also for a wrong
   * length. Does not throw.
   */
  verify(
    verificationKey: Uint8Array,
    alpha: Uint8Array,
    proof: Uint8Array,
  ): Awaitable<Uint8Array | undefined>;
  /** The output of a proof, 64 bytes. */
  outputOf(proof: Uint8Array): Awaitable<Uint8Array | undefined>;
}

/** One signing key of an implementation. */
export interface KesKeyHandle {
  /** The period of the key, 0 to 2^depth − 1. */
  readonly period: number;
  /** The verification key, 32 bytes. */
  deriveVerificationKey(): Awaitable<Uint8Array>;
  /** The signature of a message at the period of the key. */
  sign(message: Uint8Array): Awaitable<Uint8Array>;
  /** Moves to the next period. At the last period it throws and leaves the key unchanged. */
  update(): Awaitable<void>;
  /** The key in the layout in which it was generated or read. */
  serialise(): Awaitable<Uint8Array>;
  /** Sizes in bytes of the blocks that DirectSerialise passes, in order. */
  blockSizes(): Awaitable<number[]>;
  /** Releases the key. The runner calls it once for each handle, also when a case fails. */
  release(): Awaitable<void>;
}

/** Generating and reading keys in a layout. */
export interface KesKeySource {
  /** The key of a 32-byte seed, at period 0. */
  generateKey(seed: Uint8Array): Awaitable<KesKeyHandle>;
  /**
   * Reads a serialised key of 32 + 96 · depth bytes; in the layout of the Rust crate 4 more, with the period. Throws for a
   * wrong length, and when the key is at another period. An absent period is read from the zeroed seeds, or from the
   * layout.
   */
  readKey(serialised: Uint8Array, period?: number): Awaitable<KesKeyHandle>;
}

/** How an implementation reports tampered keys. */
export interface KesCheckedRead {
  /**
   * The level, 1 (next to the leaf) to the depth, that an error thrown by `readKey` names; absent when errors name none.
   */
  levelOf?(error: unknown): number | undefined;
}

/** One algorithm at one depth. */
export interface KesImplementation extends KesKeySource {
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
  /**
   * Verifies a signature. The period is any integer, also one that no key can have. Returns `false` for a wrong period or
   * length and does not throw.
   */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): Awaitable<boolean>;
  /** Keys in the layout of the Rust crate: the raw form, then the period as 4 bytes, big endian. */
  readonly rust?: KesKeySource;
  /** Present when `readKey` recomputes verification keys and throws for those that differ. */
  readonly checkedRead?: KesCheckedRead;
}

/** A verdict: its result, and what else a verifier tells. */
export type HeaderFacts = Pick<HeaderExpectation, 'result'> & Partial<HeaderExpectation>;

/** A verifier of block headers. */
export interface HeaderImplementation {
  /** The verdict on a header. Codes may be in any order. */
  verify(input: HeaderInput): Awaitable<HeaderFacts>;
}

/** What makes a log. */
export type SealedLogPlan = Pick<
  SealedLogVector,
  'origin' | 'verifierKey' | 'depths' | 'seeds' | 'cuts' | 'entries'
>;

/** What a sealer makes of a plan. */
export type MadeSealedLog = Pick<SealedLogVector, 'seals' | 'hashes' | 'notes'>;

/** A verdict, of which the members of an expectation are compared. */
export type SealedLogFacts = Readonly<Partial<Record<keyof SealedLogExpectation, unknown>>>;

/** An implementation of sealed logs. A part that is absent has no cases. */
export interface SealedLogImplementation {
  /** The verdict on a log. It may throw for an age or a retention without the present time. */
  verify?(input: SealedLogInput): Awaitable<SealedLogFacts>;
  /** Whether a proof of one entry holds. */
  checkProof?(proof: Omit<SealedLogProof, 'of' | 'valid'>): Awaitable<boolean>;
  /** Makes the seals, hashes and checkpoints of a log, whose first number is that of its verifier key. */
  makeLog?(plan: SealedLogPlan): Awaitable<MadeSealedLog>;
}

/** What the runner tests. A missing part has no cases. */
export interface Implementation {
  /**
   * Whether it only verifies. Then the cases that make or read keys, sign or prove are left out, and the methods for them are
   * not called.
   */
  readonly verifiesOnly?: boolean;
  readonly seed?: SeedImplementation;
  /** Ed25519. */
  readonly dsign?: DsignImplementation;
  /** Ed25519 with extended keys. */
  readonly extended?: ExtendedImplementation;
  /** The implementation of a VRF, or `undefined` when there is none. */
  vrf?(algorithm: VrfAlgorithmName): VrfImplementation | undefined;
  /** The implementation of an algorithm at a depth, or `undefined` when there is none. */
  kes?(algorithm: KesAlgorithmKind, depth: number): KesImplementation | undefined;
  readonly headers?: HeaderImplementation;
  readonly sealedLogs?: SealedLogImplementation;
}

/** Throws unless the value is an object that is neither an array nor a view. */
export function checkObject(argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isView(value)) {
    throw wrongType(argument, 'an object', value);
  }
}

const isView = (value: unknown) => ArrayBuffer.isView(value);

/** Throws unless each part is an object or a function as it has to be. A method that misbehaves is a failed case. */
export function checkImplementation(implementation: Implementation): void {
  checkObject('implementation', implementation);
  for (const name of ['seed', 'dsign', 'extended', 'headers', 'sealedLogs'] as const) {
    const part = implementation[name];
    if (part !== undefined) checkObject(`implementation.${name}`, part);
  }
  for (const name of ['vrf', 'kes'] as const) {
    const part: unknown = (implementation as Partial<Record<typeof name, unknown>>)[name];
    if (part !== undefined) checkFunction(`implementation.${name}`, part);
  }
  const headers: { readonly verify?: unknown } | undefined = implementation.headers;
  if (headers !== undefined) checkFunction('implementation.headers.verify', headers.verify);
}
