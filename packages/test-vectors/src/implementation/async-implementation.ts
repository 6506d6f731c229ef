import type { KesAlgorithmKind } from '../vectors/algorithm.js';
import type {
  DsignImplementation,
  KesCborImplementation,
  KesImplementation,
  KesKeyHandle,
  SeedImplementation,
} from './implementation.js';

/** A value, now or later. */
export type Awaitable<Value> = Value | Promise<Value>;

/** A part each of whose methods may answer later; what is no method stays as it is. */
export type Async<Part> = {
  [Member in keyof Part]: Part[Member] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Awaitable<Result>
    : Part[Member];
};

/** {@link SeedImplementation} that may answer later. */
export type AsyncSeedImplementation = Async<SeedImplementation>;

/** {@link DsignImplementation} that may answer later. */
export type AsyncDsignImplementation = Async<DsignImplementation>;

/** {@link KesCborImplementation} that may answer later. */
export type AsyncKesCborImplementation = Async<KesCborImplementation>;

/** {@link KesKeyHandle} that may answer later; the period is known without asking. */
export type AsyncKesKeyHandle = Async<KesKeyHandle>;

/** `KesFormImplementation` that may answer later. */
export interface AsyncKesFormImplementation {
  /** The key of a 32-byte seed, at period 0. */
  generateKey(seed: Uint8Array): Awaitable<AsyncKesKeyHandle>;
  /** Reads a key in this form; throws where the stated period is not the one of the key. */
  readKey(serialised: Uint8Array): Awaitable<AsyncKesKeyHandle>;
}

/** {@link KesImplementation} that may answer later. */
export interface AsyncKesImplementation extends Omit<
  KesImplementation,
  'generateKey' | 'readKey' | 'verify' | 'cbor' | 'rust' | 'versioned'
> {
  /** The key of a 32-byte seed, at period 0. */
  generateKey(seed: Uint8Array): Awaitable<AsyncKesKeyHandle>;
  /** Reads a serialised key; throws at a wrong length, and where the key stands at another period. */
  readKey(serialised: Uint8Array, period?: number): Awaitable<AsyncKesKeyHandle>;
  /** Verifies a signature. Answers `false` to any wrong period or length and does not throw. */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): Awaitable<boolean>;
  /** CBOR of verification keys and signatures. */
  readonly cbor?: AsyncKesCborImplementation;
  /** The layout of the Rust crate. */
  readonly rust?: AsyncKesFormImplementation;
  /** The versioned form. */
  readonly versioned?: AsyncKesFormImplementation;
}

/** `Implementation` whose methods may answer later; every `Implementation` is one. */
export interface AsyncImplementation {
  /** Seed expansion. */
  readonly seed?: AsyncSeedImplementation;
  /** Ed25519. */
  readonly dsign?: AsyncDsignImplementation;
  /** The implementation of an algorithm at a depth, or `undefined` where there is none. */
  kes?(algorithm: KesAlgorithmKind, depth: number): AsyncKesImplementation | undefined;
}
