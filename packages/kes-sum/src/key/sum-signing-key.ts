import { pushWhole } from '@evolock/direct-serialise';
import { checkBytes, checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
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
import {
  beginRun,
  checkPeriod,
  discarded,
  endAbandonedRuns,
  endRun,
  copySecret,
  isInUse,
  isListed,
  lendOwnBlocks,
  lendWithin,
  unsoundMemory,
  verificationKeyCheck,
} from '@evolock/kes-single/unsound';
import { InconsistentKeyError, KeyBusyError } from '../errors.js';
import { boundary, side, type TreeGeometry } from '../tree/tree-geometry.js';
import { VerificationTree } from '../tree/verification-tree.js';
import { checkedTree, readStatedKey } from './key-reader.js';
import type { EvolutionBench } from './evolution-bench.js';
import { runOn } from './scratch.js';
import { samePublicBytes, writeSumTail, type WriteTail } from './signature-tail.js';

/** What the keys of an algorithm share. */
export interface SumParts {
  readonly algorithm: KesAlgorithm;
  readonly geometry: TreeGeometry;
  readonly writeTail: WriteTail;
  /** The leaf of one key at a time signs here; the bytes are public. A view in each key would cost 100 bytes. */
  readonly leafSignature: Uint8Array;
  /**
   * Memory for the signature of the next key that evolves. A step takes it, and puts the signature of the past period here
   * when it is complete: a step that fails never puts one here that a key still uses.
   */
  spareSignature: Uint8Array | undefined;
  /** The bench of the algorithm. The first call reserves it. */
  readonly bench: () => EvolutionBench;
}

/** What changes with the period of a key, except its secrets. It is replaced in one assignment. */
interface Standing {
  readonly period: number;
  /** A signature whose tail is written: the leaf's signature, at its beginning, is missing. */
  readonly signature: Uint8Array;
}

/** The public part of a key. */
interface PublicPart {
  readonly tree: VerificationTree;
  readonly standing: Standing;
}

/** The first argument of the constructor: only this module has it. */
const internal = Symbol('SumKesSigningKey');

/**
 * A key of a composed algorithm: one slot of locked memory (the leaf and the right seed of every level), and public values.
 *
 * @internal
 */
export class SumKesSigningKey extends LockedValue implements KesSigningKey {
  readonly #parts: SumParts;
  readonly #bench: EvolutionBench;
  readonly #leaf: Uint8Array;
  readonly #tree: VerificationTree;
  #standing: Standing;

  /**
   * Allocates the memory of a key, which `fill` fills: it is all zero before. A key that cannot be filled is released.
   */
  private constructor(
    caller: symbol,
    parts: SumParts,
    bench: EvolutionBench,
    options: AllocationOptions | undefined,
    fill: (key: SumKesSigningKey) => PublicPart,
  ) {
    if (caller !== internal) throw wrongType('caller', 'a KesAlgorithm', caller);
    const { secretSize, dsign } = parts.geometry;
    super(allocateSlot(secretSize, options), secretSize);
    let complete = false;
    try {
      const { tree, standing } = fill(this);
      const secrets = unsoundMemory(this);
      this.#parts = parts;
      this.#bench = bench;
      this.#leaf = secrets.subarray(0, dsign.leaf.size);
      this.#tree = tree;
      this.#standing = standing;
      complete = true;
    } finally {
      if (!complete) {
        // Listed before it is released: the call may throw when the stack is exhausted. The next operation then releases it.
        discarded[discarded.length] = this;
        endAbandonedRuns();
      }
    }
  }

  /** Makes the key of a checked seed. The caller still owns the seed. */
  static generate(
    parts: SumParts,
    seed: MLockedSeed,
    options?: AllocationOptions,
  ): SumKesSigningKey {
    const bench = parts.bench();
    const tree = new VerificationTree(parts.geometry);
    return new SumKesSigningKey(internal, parts, bench, options, (makes) =>
      runOn(bench, { makes }, () => {
        bench.generate(unsoundMemory(seed), unsoundMemory(makes), tree);
        return { tree, standing: standingAt(parts, tree, 0) };
      }),
    );
  }

  /** Reads a key from its blocks and checks all that can be checked. */
  static read(
    parts: SumParts,
    pull: Pull,
    period: number | undefined,
    options?: KesReadOptions,
  ): SumKesSigningKey {
    const { geometry, algorithm } = parts;
    const checkVerificationKey = verificationKeyCheck(algorithm, options);
    const bench = parts.bench();
    return new SumKesSigningKey(internal, parts, bench, options, (key) => {
      const memory = { geometry, bench, key };
      const stated = readStatedKey(memory, pull, period);
      const tree = checkedTree(memory, stated);
      checkVerificationKey(tree.root);
      return { tree, standing: standingAt(parts, tree, stated.period) };
    });
  }

  /** The algorithm that made the key. */
  get algorithm(): KesAlgorithm {
    return this.#parts.algorithm;
  }

  /**
   * The period of the key.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  get period(): number {
    unsoundMemory(this);
    return this.#standing.period;
  }

  /** {@inheritDoc KesSigningKey.sign} */
  sign(message: Uint8Array): KesSignature {
    const bytes = checkBytes('message', message);
    unsoundMemory(this);
    const { leafSignature, geometry } = this.#parts;
    geometry.dsign.leaf.sign(leafSignature, bytes, this.#leaf);
    const signature = new Uint8Array(this.#standing.signature);
    signature.set(leafSignature);
    return signature;
  }

  /**
   * Evolves the key to the next period, in place.
   *
   * @throws {@link LastPeriodError} `ERR_EVOLOCK_KES_LAST_PERIOD`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY`.
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when memory was damaged.
   */
  update(): void {
    unsoundMemory(this);
    const { period } = this.#standing;
    const { algorithm, geometry } = this.#parts;
    if (period + 1 === geometry.totalPeriods) throw new LastPeriodError(algorithm.name, period);
    this.#moveTo(period + 1);
  }

  /**
   * Evolves the key to a later period, in place.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` for an earlier period, or one that the algorithm does not have.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when memory was damaged.
   */
  updateTo(period: number): void {
    const target = checkPeriod('period', period);
    unsoundMemory(this);
    const { period: now } = this.#standing;
    const last = this.#parts.geometry.totalPeriods - 1;
    if (target < now || target > last) {
      throw new KesPeriodError('period', target, `a period from ${String(now)} to ${String(last)}`);
    }
    if (target > now) this.#moveTo(target);
  }

  #moveTo(period: number): void {
    if (isInUse(this)) throw new KeyBusyError();
    const parts = this.#parts;
    const past = this.#standing;
    const bench = this.#bench;
    const half = side(period, 0);
    const size = parts.geometry.dsign.verificationKeySize;
    const pair = this.#tree.pair(0, period);
    const signature = parts.spareSignature ?? new Uint8Array(past.signature.length);
    parts.spareSignature = undefined;
    signature.set(past.signature);
    const highest = boundary(past.period, period);
    parts.writeTail(signature, parts.geometry, this.#tree, period, highest);
    const next = { period, signature };
    const run = beginRun(bench);
    try {
      bench.evolve(unsoundMemory(this), past.period, period);
      if (!isListed(run)) throw new KeyBusyError();
      const stated = pair.subarray(half * size, (half + 1) * size);
      if (!samePublicBytes(bench.leafKeys[half], stated)) {
        throw new InconsistentKeyError(1, half === 0 ? 'left' : 'right');
      }
      // One copy replaces the old leaf and the used seeds. Nothing comes between it and the two assignments: an engine
      // ends a call from outside only where a function begins or a loop repeats, and only a call can exhaust the stack.
      copySecret(unsoundMemory(this), bench.secrets);
      this.#standing = next;
      parts.spareSignature = past.signature;
    } finally {
      endRun(run, true);
    }
  }

  /** {@inheritDoc KesSigningKey.deriveVerificationKey} */
  deriveVerificationKey(): KesVerificationKey {
    unsoundMemory(this);
    return new Uint8Array(this.#tree.root);
  }

  /** {@inheritDoc KesSigningKey.clone} */
  clone(options?: AllocationOptions): SumKesSigningKey {
    unsoundMemory(this);
    return new SumKesSigningKey(internal, this.#parts, this.#bench, options, (copy) => {
      // The allocator may have released or evolved this key.
      copySecret(unsoundMemory(copy), unsoundMemory(this));
      const { period, signature } = this.#standing;
      return {
        tree: this.#tree,
        standing: { period, signature: new Uint8Array(signature) },
      };
    });
  }

  protected override describe(): string[] {
    const { name, totalPeriods } = this.#parts.algorithm;
    return [
      name,
      `period ${String(this.period)} of ${String(totalPeriods)}`,
      `verification key ${Buffer.from(this.#tree.root).toString('hex')}`,
    ];
  }

  /** Pushes the key in the reference layout. */
  directSerialise(push: Push): void {
    unsoundMemory(this);
    checkFunction('push', push);
    const { algorithm, geometry } = this.#parts;
    this.#bench.blocks.use({ reads: this }, (blocks, run) => {
      copySecret(blocks.secrets, unsoundMemory(this));
      const { period, signature } = this.#standing;
      if (algorithm.variant === 'sum') blocks.signature.set(signature);
      else writeSumTail(blocks.signature, geometry, this.#tree, period, geometry.depth - 1);
      blocks.assemble();
      if (pushWhole(push, blocks.image)) return;
      lendWithin(run, () => {
        // The callback may have released the key.
        lendOwnBlocks(push, blocks.all, () => unsoundMemory(this));
      });
    });
  }
}

/** The public values of a period, in new memory. */
function standingAt(
  { algorithm, geometry, writeTail }: SumParts,
  tree: VerificationTree,
  period: number,
): Standing {
  const signature = new Uint8Array(algorithm.signatureSize);
  writeTail(signature, geometry, tree, period, geometry.depth - 1);
  return { period, signature };
}
