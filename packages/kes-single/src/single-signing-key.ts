import { checkBytes, checkFunction } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  LockedValue,
  MLockedBytes,
  type AllocationOptions,
  type LeafScheme,
  type MLockedSeed,
  type Push,
} from '@evolock/dsign-ed25519';
import {
  copyOf,
  filled,
  lend,
  uninterrupted,
  unsoundMemory,
  zeroCopyCall,
} from '@evolock/dsign-ed25519/unsound';
import { checkTarget } from './composition.js';
import { LastPeriodError } from './errors.js';
import type {
  KesAlgorithm,
  KesSignature,
  KesSigningKey,
  KesVariant,
  KesVerificationKey,
} from './kes-algorithm.js';
import type { ReadRequest } from './scheme.js';

/** The algorithm of a key, and its leaf scheme. */
export interface SingleParts {
  readonly algorithm: KesAlgorithm;
  readonly dsign: LeafScheme;
  readonly variant: KesVariant;
}

/** A key of one period: a leaf in locked memory. */
export class SingleKesSigningKey extends LockedValue implements KesSigningKey {
  readonly #parts: SingleParts;
  readonly #verificationKey: Uint8Array;

  private constructor(
    parts: SingleParts,
    verificationKey: Uint8Array,
    options: AllocationOptions | undefined,
  ) {
    super(allocateSlot(parts.dsign.leaf.size, options));
    this.#parts = parts;
    this.#verificationKey = verificationKey;
  }

  /** Makes the key of a checked seed. The caller still owns the seed. */
  static generate(
    parts: SingleParts,
    seed: MLockedSeed,
    options?: AllocationOptions,
  ): SingleKesSigningKey {
    const { dsign } = parts;
    const verificationKey = new Uint8Array(dsign.verificationKeySize);
    return filled(new SingleKesSigningKey(parts, verificationKey, options), (leaf) => {
      dsign.leaf.generate(leaf, verificationKey, unsoundMemory(seed));
    });
  }

  /** Reads a key from its one block: it is pulled into locked memory of its own, and the leaf is made of it. */
  static read(
    parts: SingleParts,
    { pull, options, checkVerificationKey }: ReadRequest,
  ): SingleKesSigningKey {
    const { dsign } = parts;
    const verificationKey = new Uint8Array(dsign.verificationKeySize);
    using serialised = MLockedBytes.newZeroed(dsign.signingKeySize, options);
    try {
      serialised.withBytes(pull);
      return filled(new SingleKesSigningKey(parts, verificationKey, options), (leaf) => {
        dsign.leaf.load(leaf, verificationKey, unsoundMemory(serialised));
        checkVerificationKey(verificationKey);
      });
    } finally {
      // The callback copied the block through registers.
      uninterrupted([zeroCopyCall(dsign.signingKeySize)]);
    }
  }

  /** The algorithm that made the key. */
  get algorithm(): KesAlgorithm {
    return this.#parts.algorithm;
  }

  /** The period of the key: 0. */
  get period(): number {
    unsoundMemory(this);
    return 0;
  }

  /** {@inheritDoc KesSigningKey.sign} */
  sign(message: Uint8Array): KesSignature {
    const bytes = checkBytes('message', message);
    const leaf = unsoundMemory(this);
    const { algorithm, dsign, variant } = this.#parts;
    const signature = new Uint8Array(algorithm.signatureSize);
    if (variant === 'sum') {
      dsign.leaf.sign(signature, bytes, leaf);
    } else {
      dsign.leaf.sign(signature.subarray(0, dsign.signatureSize), bytes, leaf);
      signature.set(this.#verificationKey, dsign.signatureSize);
    }
    return signature;
  }

  /** Throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD`: there is no next period. */
  update(): void {
    throw new LastPeriodError(this.#parts.algorithm.name, this.period);
  }

  /** Does nothing at period 0. Throws {@link KesPeriodError} for another. */
  updateTo(period: number): void {
    checkTarget(period, this.period, 0);
  }

  /** {@inheritDoc KesSigningKey.deriveVerificationKey} */
  deriveVerificationKey(): KesVerificationKey {
    unsoundMemory(this);
    return new Uint8Array(this.#verificationKey);
  }

  /** {@inheritDoc KesSigningKey.clone} */
  clone(options?: AllocationOptions): SingleKesSigningKey {
    const copy = new SingleKesSigningKey(this.#parts, this.#verificationKey, options);
    return copyOf(this, copy);
  }

  protected override describe(): string[] {
    const { name, totalPeriods } = this.#parts.algorithm;
    return [
      name,
      `period ${String(this.period)} of ${String(totalPeriods)}`,
      `verification key ${Buffer.from(this.deriveVerificationKey()).toString('hex')}`,
    ];
  }

  /** Pushes the key in the reference layout: one block. */
  directSerialise(push: Push): void {
    const leaf = unsoundMemory(this);
    checkFunction('push', push);
    lend(leaf.subarray(0, this.#parts.dsign.signingKeySize), push);
  }
}
