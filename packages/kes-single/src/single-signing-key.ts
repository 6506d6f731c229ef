import { checkBytes, checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  LockedValue,
  MLockedBytes,
  type AllocationOptions,
  type MLockedSeed,
  type Pull,
  type Push,
} from '@evolock/dsign-ed25519';
import {
  beginRun,
  copyOf,
  endRun,
  filled,
  lendBlock,
  lendWithin,
  uninterrupted,
  unsoundMemory,
  zeroCopyCall,
} from '@evolock/dsign-ed25519/unsound';
import { checkPeriod, verificationKeyCheck } from './composition.js';
import { KesPeriodError, LastPeriodError } from './errors.js';
import type {
  KesAlgorithm,
  KesReadOptions,
  KesSignature,
  KesSigningKey,
  KesVerificationKey,
} from './kes-algorithm.js';
import type { LeafScheme } from './leaf-scheme.js';

/** The algorithm of a key, and its leaf scheme. */
export interface SingleParts {
  readonly algorithm: KesAlgorithm;
  readonly dsign: LeafScheme;
}

/** The first argument of the constructor: only this module has it. */
const internal = Symbol('SingleKesSigningKey');

/**
 * A key of one period: a leaf in locked memory.
 *
 * @internal
 */
export class SingleKesSigningKey extends LockedValue implements KesSigningKey {
  readonly #parts: SingleParts;
  readonly #verificationKey: Uint8Array;

  private constructor(
    caller: symbol,
    parts: SingleParts,
    verificationKey: Uint8Array,
    options: AllocationOptions | undefined,
  ) {
    if (caller !== internal) throw wrongType('caller', 'a KesAlgorithm', caller);
    const { size } = parts.dsign.leaf;
    super(allocateSlot(size, options), size);
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
    return filled(new SingleKesSigningKey(internal, parts, verificationKey, options), (leaf) => {
      dsign.leaf.generate(leaf, verificationKey, unsoundMemory(seed));
    });
  }

  /** Reads a key from its one block. */
  static read(parts: SingleParts, pull: Pull, options?: KesReadOptions): SingleKesSigningKey {
    const { algorithm, dsign } = parts;
    const checkVerificationKey = verificationKeyCheck(algorithm, options);
    const verificationKey = new Uint8Array(dsign.verificationKeySize);
    const key = new SingleKesSigningKey(internal, parts, verificationKey, options);
    return filled(key, () => {
      loadLeaf(dsign, key, verificationKey, pull, options);
      checkVerificationKey(verificationKey);
    });
  }

  /** The algorithm that made the key. */
  get algorithm(): KesAlgorithm {
    return this.#parts.algorithm;
  }

  /**
   * The period of the key: 0.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  get period(): number {
    unsoundMemory(this);
    return 0;
  }

  /** {@inheritDoc KesSigningKey.sign} */
  sign(message: Uint8Array): KesSignature {
    const bytes = checkBytes('message', message);
    const leaf = unsoundMemory(this);
    const { algorithm, dsign } = this.#parts;
    const signature = new Uint8Array(algorithm.signatureSize);
    if (algorithm.variant === 'sum') {
      dsign.leaf.sign(signature, bytes, leaf);
    } else {
      dsign.leaf.sign(signature.subarray(0, dsign.signatureSize), bytes, leaf);
      signature.set(this.#verificationKey, dsign.signatureSize);
    }
    return signature;
  }

  /**
   * Throws: there is no next period.
   *
   * @throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  update(): void {
    throw new LastPeriodError(this.#parts.algorithm.name, this.period);
  }

  /**
   * Does nothing at period 0.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` for any other, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  updateTo(period: number): void {
    if (checkPeriod('period', period) !== this.period) {
      throw new KesPeriodError('period', period, 'period 0, the only one');
    }
  }

  /** {@inheritDoc KesSigningKey.deriveVerificationKey} */
  deriveVerificationKey(): KesVerificationKey {
    unsoundMemory(this);
    return new Uint8Array(this.#verificationKey);
  }

  /** {@inheritDoc KesSigningKey.clone} */
  clone(options?: AllocationOptions): SingleKesSigningKey {
    unsoundMemory(this);
    return copyOf(
      this,
      new SingleKesSigningKey(internal, this.#parts, this.#verificationKey, options),
    );
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
    lendBlock(push, leaf.subarray(0, this.#parts.dsign.signingKeySize));
  }
}

/** Pulls a serialised leaf into its own locked memory and makes the leaf of it. */
function loadLeaf(
  dsign: LeafScheme,
  key: SingleKesSigningKey,
  verificationKey: Uint8Array,
  pull: Pull,
  options: AllocationOptions | undefined,
): void {
  const serialised = MLockedBytes.newZeroed(dsign.signingKeySize, options);
  // The callback copies the block through registers.
  const wipe = (): void => uninterrupted([zeroCopyCall(dsign.signingKeySize)]);
  const run = beginRun({ wipe }, [serialised]);
  try {
    lendWithin(run, () => {
      lendBlock(pull, unsoundMemory(serialised));
    });
    // Both are read here: an allocator of the application may have given a slot back in the callback.
    dsign.leaf.load(unsoundMemory(key), verificationKey, unsoundMemory(serialised));
  } finally {
    // The serialised form is released in every case.
    endRun(run, false);
  }
}
