import {
  allocationOptionNames,
  type AllocationOptions,
  type Brand,
  type DirectDeserialise,
  type EvolvingKey,
  type MLockedSeed,
  type OwnBytes,
  type Pull,
  type SignatureLike,
  type VerificationKeyLike,
} from '@evolock/dsign-ed25519';

/** A verification key: a `Uint8Array` whose type has the name of its algorithm. */
export interface KesVerificationKey<Shape extends KesShape = KesShape>
  extends OwnBytes, Brand<'verification key', Shape> {}

/** A signature: a `Uint8Array` whose type has the name of its algorithm. */
export interface KesSignature<Shape extends KesShape = KesShape>
  extends OwnBytes, Brand<'signature', Shape> {}

/**
 * What a signature holds of the path from leaf to root. `sum`: both verification keys of every level. `compact`: the
 * verification key of the leaf and the sibling of every level.
 */
export type KesVariant = 'sum' | 'compact';

/** A key evolving scheme as a type: names, depth, number of periods, sizes in bytes. */
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

/** Options of reading a signing key. */
export interface KesReadOptions<Shape extends KesShape = KesShape> extends AllocationOptions {
  /** The expected period of the key; not checked when absent. */
  readonly period?: number | undefined;
  /** The expected verification key; the key is checked against itself only when absent. */
  readonly verificationKey?: VerificationKeyLike<Shape> | undefined;
}

/** The names of {@link KesReadOptions}. */
export const kesReadOptionNames = Object.freeze([
  ...allocationOptionNames,
  'period',
  'verificationKey',
] as const);

/**
 * A signing key in locked memory. It has a period, which only increases. Every operation throws `ERR_EVOLOCK_RELEASED`
 * after `release`.
 */
export interface KesSigningKey<Shape extends KesShape = KesShape> extends EvolvingKey, Disposable {
  readonly algorithm: KesAlgorithm<Shape>;
  /** The period of the key, 0 to `algorithm.totalPeriods` − 1. */
  readonly period: number;
  /** Whether the key has been wiped. */
  readonly released: boolean;
  /** Signs a message of any length at the key's period: `algorithm.signatureSize` bytes. */
  sign(message: Uint8Array): KesSignature<Shape>;
  /**
   * Evolves the key to the next period, in place, and wipes the old leaf and every seed that leads to it. When it throws, the
   * key is unchanged.
   *
   * @throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD` at the last period; the key still signs there.
   */
  update(): void;
  /**
   * Evolves the key to a later period, in place and in one step, and wipes everything that could sign at an earlier one. The
   * current period is allowed and changes nothing.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PAST_PERIOD` for an earlier period (a clock may have gone back),
   * `ERR_EVOLOCK_KES_EXPIRED` for one after the last.
   */
  updateTo(period: number): void;
  /** The verification key, the same at every period: `algorithm.verificationKeySize` bytes. */
  deriveVerificationKey(): KesVerificationKey<Shape>;
  /** A copy in its own locked memory. Forward security holds only when both keys are evolved and released. */
  clone(options?: AllocationOptions): KesSigningKey<Shape>;
  /** Wipes the key; may be called again. */
  release(): void;
}

/**
 * A key evolving signature scheme. It has `directDeserialise`, so the helpers of DirectSerialise read a signing key with
 * the algorithm as the type.
 */
export interface KesAlgorithm<Shape extends KesShape = KesShape> extends DirectDeserialise<
  KesSigningKey<Shape>,
  KesReadOptions<Shape>
> {
  /** Name: `ed25519_kes_2^6`, and `ed25519_compact_kes_2^6` for the compact variant. */
  readonly name: Shape['name'];
  /** What a signature holds of the path. */
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
  /** Bytes of locked memory of a live signing key. */
  readonly lockedSize: number;
  /** Bytes of each other piece of locked memory that operations on keys need: scratch memory and one seed. */
  readonly scratchSizes: readonly number[];
  /** Makes the key of a live seed of `seedSize` bytes, at period 0. The caller still owns the seed and releases it. */
  generateKey(
    seed: MLockedSeed<Shape['seedSize']>,
    options?: AllocationOptions,
  ): KesSigningKey<Shape>;
  /**
   * Whether a signature is valid at a period: `false` for wrong bytes, wrong lengths and any integer that is not a period
   * of the algorithm.
   *
   * @returns `true` when it is valid, else `false`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for a value that is not a `Uint8Array`, or a period that is
   * not an integer.
   */
  verify(
    verificationKey: VerificationKeyLike<Shape>,
    period: number,
    message: Uint8Array,
    signature: SignatureLike<Shape>,
  ): boolean;
  /**
   * Reads a signing key in the reference layout: the leaf, then for each level, innermost first, right seed, left and right
   * verification key. The period is read from the zeroed seeds. Everything that can be recomputed is recomputed and
   * compared.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` when the key is not at `options.period`.
   * @throws `InconsistentKeyError` (of kes-sum) `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when it contradicts itself.
   * @throws {@link OtherKeyError} `ERR_EVOLOCK_KES_OTHER_KEY` when its verification key is not `options.verificationKey`.
   */
  directDeserialise(pull: Pull, options?: KesReadOptions<Shape>): KesSigningKey<Shape>;
}
