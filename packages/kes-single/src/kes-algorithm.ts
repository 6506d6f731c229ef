import type {
  AllocationOptions,
  BrandedBytes,
  DirectDeserialise,
  DirectSerialise,
  DsignShape,
  MLockedSeed,
  Pull,
} from '@evolock/dsign-ed25519';

import type { PublicBytesType } from './public-bytes-type.js';

/**
 * A verification key: plain bytes, which TypeScript tells apart from those of another algorithm. Bytes without a
 * brand are accepted everywhere.
 */
export type KesVerificationKey<Name extends string = string> = BrandedBytes<
  'verification key',
  Name
>;

/** A signature: plain bytes, which TypeScript tells apart from those of another algorithm. */
export type KesSignature<Name extends string = string> = BrandedBytes<'signature', Name>;

/**
 * How signatures carry the path from leaf to root: `sum` carries both children of every level, `compact` the leaf's
 * verification key and the sibling of every level.
 */
export type KesVariant = 'sum' | 'compact';

/** What tells one key evolving scheme from another, in types: names, depth, number of periods, sizes in bytes. */
export interface KesShape {
  readonly name: string;
  readonly dsign: string;
  readonly variant: KesVariant;
  readonly depth: number;
  readonly totalPeriods: number;
  readonly seedSize: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
}

/** A shape with its members worked out, so that an editor shows numbers and not how they came about. */
export type Shown<Shape extends KesShape> = Shape extends infer Whole
  ? { [Member in keyof Whole]: Whole[Member] }
  : never;

/** The shape of a key evolving scheme of one period over a signature scheme. */
export interface SingleShape<
  Dsign extends DsignShape,
  Variant extends KesVariant,
  Name extends string,
  SignatureSize extends number,
> {
  readonly name: Name;
  readonly dsign: Dsign['name'];
  readonly variant: Variant;
  readonly depth: 0;
  readonly totalPeriods: 1;
  readonly seedSize: Dsign['seedSize'];
  readonly verificationKeySize: Dsign['verificationKeySize'];
  readonly signatureSize: SignatureSize;
  readonly signingKeySize: Dsign['signingKeySize'];
}

/** Options of making a signing key. */
export interface KesKeyOptions extends AllocationOptions {
  /**
   * How many levels of the tree around its period the key keeps the verification keys of, counted from the leaf: all
   * when absent. They are public and lie in ordinary memory, 64 bytes for each of 2^`keptLevels` leaves (at depth 6,
   * 4 KiB; at depth 16, 4 MiB). While a step stays within a subtree that is kept it costs one leaf key; a step that
   * leaves it generates the subtree that it enters, as other implementations do at every step. With 0 a key keeps only
   * the path to its period.
   */
  readonly keptLevels?: number | undefined;
}

/** Options of reading a signing key. */
export interface KesReadOptions<Name extends string = string> extends KesKeyOptions {
  /** The period at which the key has to stand; inferred from the key when absent. */
  readonly period?: number | undefined;
  /** The verification key that the signing key has to have; not checked against anything outside it when absent. */
  readonly verificationKey?: KesVerificationKey<Name> | undefined;
}

/**
 * A signing key that knows its period and can only move forward.
 *
 * It lives in locked memory. Every operation throws `ERR_EVOLOCK_RELEASED` after `release`.
 */
export interface KesSigningKey<Shape extends KesShape = KesShape>
  extends DirectSerialise, Disposable {
  /** The algorithm that made the key. */
  readonly algorithm: KesAlgorithm<Shape>;
  /** The period at which the key signs, 0 to `algorithm.totalPeriods` − 1. */
  readonly period: number;
  /** Whether the key has been wiped. */
  readonly released: boolean;
  /**
   * Signs a message of any length at the key's period.
   *
   * @returns `algorithm.signatureSize` bytes.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when the message is no `Uint8Array`.
   */
  sign(message: Uint8Array): KesSignature<Shape['name']>;
  /**
   * Moves on to the next period, in place. The old leaf and every seed that could make it again are wiped before this
   * returns. A step that fails leaves the key whole at its period.
   *
   * @throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD` at the last period; the key still signs there.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  update(): void;
  /**
   * Moves on to a later period, in place and in one step: whatever the distance, what could sign before it is wiped
   * before this returns. The key's own period is allowed and changes nothing.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` for a period that is past, or that the algorithm has not.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  updateTo(period: number): void;
  /**
   * The verification key, the same at every period.
   *
   * @returns `algorithm.verificationKeySize` bytes.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  deriveVerificationKey(): KesVerificationKey<Shape['name']>;
  /**
   * A copy in locked memory of its own. It defeats forward security unless both are evolved and released.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   */
  clone(options?: AllocationOptions): KesSigningKey<Shape>;
  /** Wipes the key; may be called again. */
  release(): void;
}

/**
 * A key evolving signature scheme.
 *
 * `directDeserialise` reads a signing key, so the algorithm is itself the type that a helper reads by.
 */
export interface KesAlgorithm<Shape extends KesShape = KesShape> extends DirectDeserialise<
  KesSigningKey<Shape>,
  KesReadOptions<Shape['name']>
> {
  /** Name: `ed25519_kes_2^6`, and `ed25519_compact_kes_2^6` for the compact variant. */
  readonly name: Shape['name'];
  /** How signatures carry the path. */
  readonly variant: Shape['variant'];
  /** Levels above the leaf. */
  readonly depth: Shape['depth'];
  /** Number of periods: 2^depth. */
  readonly totalPeriods: Shape['totalPeriods'];
  /** Bytes of a seed. */
  readonly seedSize: Shape['seedSize'];
  /** Bytes of a verification key. */
  readonly verificationKeySize: Shape['verificationKeySize'];
  /** Bytes of a signature. */
  readonly signatureSize: Shape['signatureSize'];
  /** Bytes of a serialised signing key. */
  readonly signingKeySize: Shape['signingKeySize'];
  /** Bytes of locked memory that a live signing key takes. */
  readonly lockedSize: number;
  /** Bytes of each piece of locked memory that work on keys takes beside them: benches, and a seed to begin with. */
  readonly benchSizes: readonly number[];
  /** How verification keys take part in DirectSerialise. */
  readonly verificationKeyType: PublicBytesType<KesVerificationKey<Shape['name']>>;
  /** How signatures take part in DirectSerialise. */
  readonly signatureType: PublicBytesType<KesSignature<Shape['name']>>;
  /**
   * Makes the key of a seed, at period 0. The seed is borrowed: the caller releases it.
   *
   * @param seed - `seedSize` bytes, alive.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED` when the seed was released.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   */
  generateKey(seed: MLockedSeed<Shape['seedSize']>, options?: KesKeyOptions): KesSigningKey<Shape>;
  /**
   * Whether a signature is good at a period. False for any wrong bytes, lengths included, and for any integer that is
   * no period.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for what is not bytes, or not an integer: a caller's
   * mistake, and nothing that a signature from outside could cause.
   */
  verify(
    verificationKey: KesVerificationKey<Shape['name']>,
    period: number,
    message: Uint8Array,
    signature: KesSignature<Shape['name']>,
  ): boolean;
  /**
   * Reads a signing key in the reference layout, without a period: leaf, then per level, innermost first, right seed,
   * left and right verification key. What can be computed again is, and has to agree.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` when the key does not stand at `options.period`.
   * @throws `InconsistentKeyError` (of kes-sum) `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when it contradicts itself.
   * @throws {@link OtherKeyError} `ERR_EVOLOCK_KES_OTHER_KEY` when its verification key is not
   * `options.verificationKey`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   */
  directDeserialise(pull: Pull, options?: KesReadOptions<Shape['name']>): KesSigningKey<Shape>;
}
