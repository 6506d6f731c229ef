import { checkBytes, checkFunction } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  checkSeed,
  filled,
  KesPeriodError,
  LastPeriodError,
  LockedValue,
  type AllocationOptions,
  type KesAlgorithm,
  type KesReadOptions,
  type KesSignature,
  type KesSigningKey,
  type KesVerificationKey,
  type MLockedSeed,
  type Pull,
  type Push,
} from '@evolock/kes-single';
import { copyOf, lendBlock, unsoundMemory } from '@evolock/kes-single/unsound';
import { checkPeriod, verificationKeyCheck } from '@evolock/kes-single/composition';
import { KeyBusyError, type EvolutionBench } from './evolution-bench.js';
import { InconsistentKeyError } from './inconsistent-key-error.js';
import { KeyBlocks } from './key-blocks.js';
import { checkClaims, readClaimedKey } from './key-reader.js';
import { samePublicBytes } from './public-bytes.js';
import { side, type TreeGeometry } from './tree-geometry.js';
import { VerificationTree } from './verification-tree.js';

/** What a key needs to know of its algorithm. */
export interface SumParts {
  readonly algorithm: KesAlgorithm;
  readonly geometry: TreeGeometry;
  /** The bench of the algorithm; reserves it at the first call. */
  bench(): EvolutionBench;
}

/**
 * A composed key, whatever its depth: one slot of locked memory (the leaf and the right seed of every level), one table
 * of public verification keys, and the end of the signature, ready.
 *
 * @internal
 */
export class SumKesSigningKey extends LockedValue implements KesSigningKey {
  readonly #parts: SumParts;
  /** Shared with clones: nobody writes to a tree once a key has it. */
  #tree: VerificationTree;
  /** Whether the tree holds every period to come; if not, only the path to this one, unchecked. */
  #complete = true;
  #period = 0;
  /** What follows the leaf's signature at this period. */
  #tail: Uint8Array = new Uint8Array();
  #lent = 0;
  readonly #leaf: Uint8Array;

  private constructor(
    parts: SumParts,
    tree: VerificationTree,
    options: AllocationOptions | undefined,
  ) {
    const { secretSize } = parts.geometry;
    super(allocateSlot(secretSize, options), secretSize);
    this.#parts = parts;
    this.#tree = tree;
    this.#leaf = unsoundMemory(this).subarray(0, parts.geometry.dsign.leaf.size);
  }

  /** Makes the key of a seed, which is borrowed. */
  static generate(
    parts: SumParts,
    seed: MLockedSeed,
    options?: AllocationOptions,
  ): SumKesSigningKey {
    const { geometry } = parts;
    const checked = checkSeed('seed', seed, parts.algorithm.seedSize);
    const bench = parts.bench();
    const tree = new VerificationTree(geometry);
    const key = new SumKesSigningKey(parts, tree, options);
    return filled(key, (secrets) => {
      bench.use(() => {
        bench.start(unsoundMemory(checked), tree.key(0, 0));
        bench.store(secrets);
        for (let period = 1; period < geometry.totalPeriods; period += 1) {
          bench.advance(period - 1, period, tree.key(0, period));
        }
      });
      tree.hashAfter(-1);
      key.#tail = key.#tailAt(0);
    });
  }

  /** Reads a key from its blocks and checks all that can be checked. */
  static read(parts: SumParts, pull: Pull, options?: KesReadOptions): SumKesSigningKey {
    const checkVerificationKey = verificationKeyCheck(parts.algorithm, options);
    const key = SumKesSigningKey.#claimed(parts, pull, options);
    return filled(key, () => {
      key.complete();
      checkVerificationKey(key.#tree.root);
    });
  }

  /** Reads a key from its blocks and believes what it claims, until its first step. */
  static readUnchecked(parts: SumParts, pull: Pull, options?: KesReadOptions): SumKesSigningKey {
    const checkVerificationKey = verificationKeyCheck(parts.algorithm, options);
    const key = SumKesSigningKey.#claimed(parts, pull, options);
    return filled(key, () => {
      checkVerificationKey(key.#tree.root);
    });
  }

  static #claimed(parts: SumParts, pull: Pull, options?: KesReadOptions): SumKesSigningKey {
    checkFunction('pull', pull);
    const bench = parts.bench();
    const tree = new VerificationTree(parts.geometry);
    const key = new SumKesSigningKey(parts, tree, options);
    return filled(key, (secrets) => {
      const memory = { geometry: parts.geometry, bench, secrets };
      key.#period = readClaimedKey(memory, tree, pull, options?.period);
      key.#complete = false;
      key.#tail = key.#tailAt(key.#period);
    });
  }

  /**
   * Computes the verification keys of all periods to come, and checks what the key claims against them. Does nothing
   * for a key that knows them.
   *
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY`, {@link ReleasedError}
   * `ERR_EVOLOCK_RELEASED`.
   */
  complete(): void {
    const secrets = unsoundMemory(this);
    if (this.#complete) return;
    const { geometry } = this.#parts;
    const bench = this.#parts.bench();
    this.#tree = checkClaims(
      { geometry, bench, secrets },
      { period: this.#period, tree: this.#tree },
    );
    this.#complete = true;
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
    return this.#period;
  }

  /** {@inheritDoc KesSigningKey.sign} */
  sign(message: Uint8Array): KesSignature {
    const bytes = checkBytes('message', message);
    unsoundMemory(this);
    const { algorithm, geometry } = this.#parts;
    const { leaf, signatureSize } = geometry.dsign;
    const signature = new Uint8Array(algorithm.signatureSize);
    // A leaf scheme that moved the key on while it signs would give a leaf of one period and a tail of another.
    this.#lent += 1;
    try {
      leaf.sign(signature.subarray(0, signatureSize), bytes, this.#leaf);
    } finally {
      this.#lent -= 1;
    }
    // A leaf scheme that released the key signed over wiped memory.
    unsoundMemory(this);
    signature.set(this.#tail, signatureSize);
    return signature;
  }

  /**
   * Moves on to the next period, in place.
   *
   * @throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY`.
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when memory was damaged; the key stays.
   */
  update(): void {
    const { algorithm, geometry } = this.#parts;
    if (this.period + 1 === geometry.totalPeriods)
      throw new LastPeriodError(algorithm.name, this.#period);
    this.#moveTo(this.#period + 1);
  }

  /**
   * Moves on to a later period, in place.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` for a period that is past, or that the algorithm has not.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when memory was damaged; the key stays.
   */
  updateTo(period: number): void {
    const last = this.#parts.geometry.totalPeriods - 1;
    const target = checkPeriod('period', period);
    if (target < this.period || target > last) {
      throw new KesPeriodError(
        'period',
        target,
        `a period from ${String(this.#period)} to ${String(last)}`,
      );
    }
    if (target > this.#period) this.#moveTo(target);
  }

  #moveTo(period: number): void {
    const secrets = unsoundMemory(this);
    if (this.#lent > 0) throw new KeyBusyError();
    this.complete();
    const { geometry } = this.#parts;
    const tail = this.#tailAt(period);
    this.#parts.bench().use((bench) => {
      bench.load(secrets);
      const verificationKey = new Uint8Array(geometry.dsign.verificationKeySize);
      bench.advance(this.#period, period, verificationKey);
      if (!samePublicBytes(verificationKey, this.#tree.key(0, period))) {
        throw new InconsistentKeyError(1, side(period, 0) === 0 ? 'left' : 'right');
      }
      // The memory is asked for again: a leaf scheme may have released the key. From here on nothing can fail: one
      // copy replaces the old leaf and the used seeds.
      bench.store(unsoundMemory(this));
      this.#period = period;
      this.#tail = tail;
    });
  }

  /** {@inheritDoc KesSigningKey.deriveVerificationKey} */
  deriveVerificationKey(): KesVerificationKey {
    unsoundMemory(this);
    return new Uint8Array(this.#tree.root);
  }

  /** {@inheritDoc KesSigningKey.clone} */
  clone(options?: AllocationOptions): SumKesSigningKey {
    unsoundMemory(this);
    const copy = copyOf(this, new SumKesSigningKey(this.#parts, this.#tree, options));
    // Asked for again: the allocator may have moved the key on, which checks its tree.
    copy.#tree = this.#tree;
    copy.#complete = this.#complete;
    copy.#period = this.#period;
    copy.#tail = this.#tail;
    return copy;
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
    const secrets = unsoundMemory(this);
    checkFunction('push', push);
    const blocks = new KeyBlocks(this.#parts.geometry, secrets);
    blocks.takeFrom(this.#tree, this.#period);
    this.#lent += 1;
    try {
      for (const block of blocks.all) {
        // Asked for at every block: the callback before it may have released the key.
        unsoundMemory(this);
        lendBlock(push, block);
      }
    } finally {
      this.#lent -= 1;
    }
  }

  #tailAt(period: number): Uint8Array {
    const { algorithm, geometry } = this.#parts;
    const size = algorithm.signatureSize - geometry.dsign.signatureSize;
    return algorithm.variant === 'sum'
      ? this.#tree.sumTail(period, size)
      : this.#tree.compactTail(period, size);
  }
}
