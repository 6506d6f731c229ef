import { checkBytes, checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  checkSeed,
  LockedValue,
  MLockedSeed,
  type AllocationOptions,
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
  unsoundMemory,
} from '@evolock/dsign-ed25519/unsound';
import { verificationKeyCheck } from './expected-verification-key.js';
import type {
  KesAlgorithm,
  KesKeyOptions,
  KesReadOptions,
  KesSignature,
  KesSigningKey,
  KesVerificationKey,
} from './kes-algorithm.js';
import { keptLevelsOf } from './kept-levels.js';
import type { LeafScheme } from './leaf-scheme.js';
import { KesPeriodError, LastPeriodError } from './period-error.js';
import { checkPeriod } from './period.js';

/** What a single key needs to know of its algorithm. */
export interface SingleParts {
  readonly algorithm: KesAlgorithm;
  readonly dsign: LeafScheme;
}

/** Proves to the constructor that it is called from this module. */
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

  /** Makes the key of a seed, which is borrowed. */
  static generate(
    parts: SingleParts,
    seed: MLockedSeed,
    options?: KesKeyOptions,
  ): SingleKesSigningKey {
    const { dsign } = parts;
    const checked = checkSeed('seed', seed, dsign.seedSize);
    keptLevelsOf(0, options);
    const verificationKey = new Uint8Array(dsign.verificationKeySize);
    return filled(new SingleKesSigningKey(internal, parts, verificationKey, options), (leaf) => {
      dsign.leaf.generate(leaf, verificationKey, unsoundMemory(checked));
    });
  }

  /** Reads a key from its blocks. */
  static read(parts: SingleParts, pull: Pull, options?: KesReadOptions): SingleKesSigningKey {
    checkFunction('pull', pull);
    const { algorithm, dsign } = parts;
    const checkVerificationKey = verificationKeyCheck(algorithm, options);
    keptLevelsOf(0, options);
    const verificationKey = new Uint8Array(dsign.verificationKeySize);
    return filled(new SingleKesSigningKey(internal, parts, verificationKey, options), (leaf) => {
      loadLeaf(dsign, leaf, verificationKey, pull, options);
      checkVerificationKey(verificationKey);
    });
  }

  /** The algorithm that made the key. */
  get algorithm(): KesAlgorithm {
    return this.#parts.algorithm;
  }

  /**
   * The period at which the key signs.
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
    // A leaf scheme that released the key has signed with zeros.
    unsoundMemory(this);
    return signature;
  }

  /**
   * Moves on to the next period, in place.
   *
   * @throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  update(): void {
    throw new LastPeriodError(this.#parts.algorithm.name, this.period);
  }

  /**
   * Stays at the only period.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` for any other, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  updateTo(period: number): void {
    if (checkPeriod('period', period) !== this.period) {
      throw new KesPeriodError('period', period, 'period 0, the only one of this algorithm');
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

  /** Pushes the key's blocks in the reference layout. */
  directSerialise(push: Push): void {
    const leaf = unsoundMemory(this);
    checkFunction('push', push);
    lendBlock(push, leaf.subarray(0, this.#parts.dsign.signingKeySize));
  }
}

/** Pulls a serialised leaf into locked memory of its own and makes the leaf of it. */
function loadLeaf(
  dsign: LeafScheme,
  leaf: Uint8Array,
  verificationKey: Uint8Array,
  pull: Pull,
  options: AllocationOptions | undefined,
): void {
  const slot = allocateSlot(dsign.signingKeySize, options);
  const run = beginRun({
    wipe: () => {
      slot.release();
    },
  });
  let completed = false;
  try {
    lendWithin(run, () => {
      lendBlock(pull, slot.unsoundBytes);
    });
    dsign.leaf.load(leaf, verificationKey, slot.unsoundBytes);
    completed = true;
  } finally {
    endRun(run, completed);
  }
}
