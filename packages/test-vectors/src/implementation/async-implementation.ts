import type { KesAlgorithmKind } from '../vectors/algorithm.js';
import type { VrfAlgorithmName } from '../vectors/vrf.js';
import type {
  DsignImplementation,
  ExtendedImplementation,
  KesCborImplementation,
  KesImplementation,
  KesKeyHandle,
  SeedImplementation,
  VrfImplementation,
} from './implementation.js';

/** A value, or a promise of it. */
export type Awaitable<Value> = Value | Promise<Value>;

/** A part whose methods may return promises. Other members are unchanged. */
export type Async<Part> = {
  [Member in keyof Part]: Part[Member] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Awaitable<Result>
    : Part[Member];
};

/** {@link SeedImplementation} whose methods may return promises. */
export type AsyncSeedImplementation = Async<SeedImplementation>;

/** {@link DsignImplementation} whose methods may return promises. */
export type AsyncDsignImplementation = Async<DsignImplementation>;

/** {@link ExtendedImplementation} whose methods may return promises. */
export type AsyncExtendedImplementation = Async<ExtendedImplementation>;

/** {@link VrfImplementation} whose methods may return promises. */
export type AsyncVrfImplementation = Async<VrfImplementation>;

/** {@link KesCborImplementation} whose methods may return promises. */
export type AsyncKesCborImplementation = Async<KesCborImplementation>;

/** {@link KesKeyHandle} whose methods may return promises. `period` is a plain number. */
export type AsyncKesKeyHandle = Async<KesKeyHandle>;

/** `KesRustFormImplementation` whose methods may return promises. */
export interface AsyncKesRustFormImplementation {
  /** The key of a 32-byte seed, at period 0. */
  generateKey(seed: Uint8Array): Awaitable<AsyncKesKeyHandle>;
  /** Reads a key in this layout; throws for a wrong length, and when the stated period is not that of the key. */
  readKey(serialised: Uint8Array): Awaitable<AsyncKesKeyHandle>;
}

/** {@link KesImplementation} whose methods may return promises. */
export interface AsyncKesImplementation extends Omit<
  KesImplementation,
  'generateKey' | 'readKey' | 'verify' | 'cbor' | 'rust'
> {
  /** The key of a 32-byte seed, at period 0. */
  generateKey(seed: Uint8Array): Awaitable<AsyncKesKeyHandle>;
  /** Reads a serialised key; throws for a wrong length, and when the key is at another period. */
  readKey(serialised: Uint8Array, period?: number): Awaitable<AsyncKesKeyHandle>;
  /** Verifies a signature. Returns `false` for a wrong period or length and does not throw. */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): Awaitable<boolean>;
  /** CBOR of verification keys and signatures. */
  readonly cbor?: AsyncKesCborImplementation;
  /** Keys in the layout of the Rust crate. */
  readonly rust?: AsyncKesRustFormImplementation;
}

/** An `Implementation` whose methods may return promises. Every `Implementation` is one. */
export interface AsyncImplementation {
  /** Whether it only verifies: see `Implementation`. */
  readonly verifiesOnly?: boolean;
  /** Seed expansion. */
  readonly seed?: AsyncSeedImplementation;
  /** Ed25519. */
  readonly dsign?: AsyncDsignImplementation;
  /** Ed25519 with extended keys. */
  readonly extended?: AsyncExtendedImplementation;
  /** The implementation of a VRF, or `undefined` when there is none. */
  vrf?(algorithm: VrfAlgorithmName): AsyncVrfImplementation | undefined;
  /** The implementation of an algorithm at a depth, or `undefined` when there is none. */
  kes?(algorithm: KesAlgorithmKind, depth: number): AsyncKesImplementation | undefined;
}
