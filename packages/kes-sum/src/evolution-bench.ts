/**
 * The locked bench on which keys are generated, evolved and checked.
 *
 * It holds the secrets of one key at one period, laid out as in the key itself: the leaf, then the right seed of every
 * level, zero where the level has moved to its right half. A key that evolves is copied here, moved on here and copied
 * back in one piece, so that a step which fails leaves the key whole. The bench is reserved when the first key of an
 * algorithm is made: from then on no operation on a key needs new locked memory. It is wiped after every use,
 * by the method of the language, at a third of the price of a native call: no engine leaves it out.
 */
import {
  allocateSlot,
  EvolockError,
  mappingAllocator,
  type MLockedSlot,
} from '@evolock/kes-single';
import {
  overwriteCopyResidue,
  placedView,
  reserveExpansion,
  settleExpansion,
  unsoundExpand,
  wipeExpansion,
} from '@evolock/kes-single/unsound-memory';
import { KeyBlocks } from './key-blocks.js';
import { leafView } from './leaf-view.js';
import { boundary, SEED_SIZE, side, type TreeGeometry } from './tree-geometry.js';
import { TreeGrowth } from './tree-growth.js';
import type { VerificationTree } from './verification-tree.js';

/** A seed is zeroed by the copy that moves it: other code than that is seldom in the processor's caches. */
const NO_SEED = new Uint8Array(SEED_SIZE);

/**
 * A key was to be changed while it was in use: from the callback that its own serialisation lends a block to, or from
 * within a leaf scheme; or another key of the algorithm was to be made from within its leaf scheme. All keys are whole.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed, sum1Kes } from '@evolock/kes-sum';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = sum1Kes.generateKey(seed);
 * const evolve = () => signingKey.update();
 * assert.throws(() => signingKey.directSerialise(evolve), { code: 'ERR_EVOLOCK_KES_BUSY' });
 * assert.equal(signingKey.period, 0);
 * signingKey.release();
 * seed.release();
 * ```
 */
export class KeyBusyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_BUSY';

  constructor() {
    super(
      'this key, or another of its algorithm, is being made, read, changed or signed with: finish that first',
    );
  }
}

/**
 * Bytes of a bench: the secrets of a key, and room for the seed on the way down or a serialised leaf.
 *
 * @internal
 */
export function benchSize({ dsign, secretSize }: TreeGeometry): number {
  return secretSize + Math.max(SEED_SIZE, dsign.signingKeySize);
}

/** A bench that does not get its blocks is not made, and gives back what it has. */
function reserveBlocks(geometry: TreeGeometry, slot: MLockedSlot): KeyBlocks {
  let blocks: KeyBlocks | undefined;
  try {
    return (blocks = new KeyBlocks(geometry));
  } finally {
    if (blocks === undefined) slot.release();
  }
}

/**
 * The bench of one algorithm, in this thread.
 *
 * @internal
 */
export class EvolutionBench {
  readonly #geometry: TreeGeometry;
  /** What a key keeps in locked memory. */
  readonly #secrets: Uint8Array;
  readonly #leaf: Uint8Array;
  readonly #seeds: readonly Uint8Array[];
  /** The same for hashes to write to: no leaf scheme sees these views. */
  readonly #digests: readonly Uint8Array[];
  /** The seed on the way down. */
  readonly #seed: Uint8Array;
  readonly #seedDigest: Uint8Array;
  /** A serialised leaf while the leaf is made of it. */
  readonly #serialisedLeaf: Uint8Array;
  readonly #memory: Uint8Array;
  /** The verification keys of the leaves that are made here, which are public. */
  readonly #growth: TreeGrowth;
  /** All its locked memory. */
  readonly slots: readonly MLockedSlot[];
  /** Where keys are written from and read into. */
  readonly blocks: KeyBlocks;
  #busy = false;

  /**
   * Reserves the bench.
   *
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
   */
  constructor(geometry: TreeGeometry) {
    const { dsign, depth, secretSize } = geometry;
    reserveExpansion();
    // A mapping of its own: a callback that transfers the buffer of a slab does not reach it.
    const slot = allocateSlot(benchSize(geometry), { allocator: mappingAllocator });
    const memory = slot.unsoundBytes;
    this.#geometry = geometry;
    this.#memory = memory;
    this.#growth = new TreeGrowth(geometry);
    this.blocks = reserveBlocks(geometry, slot);
    this.slots = [slot, this.blocks.slot];
    this.#secrets = memory.subarray(0, secretSize);
    this.#leaf = leafView(dsign, memory.subarray(0, dsign.leaf.size));
    const seedAt = (offset: number): Uint8Array => memory.subarray(offset, offset + SEED_SIZE);
    const offsets = Array.from({ length: depth }, (_, level) => geometry.seedOffset(level));
    this.#seeds = offsets.map(seedAt);
    this.#digests = offsets.map((offset) => placedView(seedAt(offset)));
    this.#seed = leafView(dsign, seedAt(secretSize));
    this.#seedDigest = placedView(seedAt(secretSize));
    this.#serialisedLeaf = memory.subarray(secretSize, secretSize + dsign.signingKeySize);
  }

  /**
   * Runs work on the bench and wipes it, however the work ends.
   *
   * @param work - May fail, and leaves everything but the bench as it is.
   * @param commit - Takes over what the work made. The traces of the work are wiped before it: near the end of the stack
   * that may fail, and then nothing has changed.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY` when the bench is in use.
   */
  use(work: (bench: this) => void, commit?: (bench: this) => void): void {
    if (this.#busy) throw new KeyBusyError();
    this.#busy = true;
    try {
      work(this);
      if (commit === undefined) return;
      this.#wipeTraces();
      commit(this);
    } finally {
      this.#wipe();
    }
  }

  #wipeTraces(): void {
    wipeExpansion();
    overwriteCopyResidue(this.#secrets.byteLength);
  }

  /** Near the end of the stack a call may throw: what follows is done all the same. */
  #wipe(): void {
    try {
      wipeExpansion();
    } finally {
      try {
        this.#memory.fill(0);
        overwriteCopyResidue(this.#secrets.byteLength);
      } finally {
        this.#busy = false;
      }
    }
  }

  /** Puts a key's secrets on the bench. */
  load(secrets: Uint8Array): void {
    this.#secrets.set(secrets);
  }

  /** Copies the secrets on the bench into a key. */
  store(secrets: Uint8Array): void {
    secrets.set(this.#secrets);
  }

  /** Makes the secrets of period 0 of a seed. */
  start(seed: Uint8Array): void {
    this.#descend(seed, this.#geometry.depth, 0);
  }

  /**
   * Moves the secrets on from a period to a later one.
   *
   * The highest level that the two paths take differently uses up its right seed, which is zeroed; every level below
   * is made anew. The old leaf is overwritten. Nothing that is left leads back. However far the move, it costs one
   * path of expansions and one leaf.
   */
  advance(from: number, to: number): void {
    const level = boundary(from, to);
    const right = this.#seedOf(level);
    this.#descend(right, level, to);
    right.set(NO_SEED);
  }

  /** Makes the leaf of a period again, of its serialised form at its beginning. */
  loadLeaf(period: number): void {
    const { dsign } = this.#geometry;
    this.#serialisedLeaf.set(this.#leaf.subarray(0, dsign.signingKeySize));
    dsign.leaf.load(this.#leaf, this.#growth.leaf(period), this.#serialisedLeaf);
  }

  /** The verification key of the leaf of a period, which was made just now. */
  verificationKeyOf(period: number): Uint8Array {
    return this.#growth.leaf(period);
  }

  /** What of a tree is past at a period is taken from the path that a key claims: see {@link grow}. */
  believePast(path: Uint8Array, period: number): void {
    this.#growth.resume(path, period);
  }

  /**
   * Makes every leaf of a tree from the one of a period, which is on the bench, to the last, with the very step of an
   * update; the tree grows by their verification keys.
   *
   * @param tree - The whole tree, or a subtree around the period.
   * @param period - Where the secrets on the bench stand.
   */
  grow(tree: VerificationTree, period: number): void {
    const { totalPeriods } = tree.geometry;
    const end = period - (period % totalPeriods) + totalPeriods;
    this.#growth.take(tree, period);
    for (let next = period + 1; next < end; next += 1) {
      this.advance(next - 1, next);
      this.#growth.take(tree, next);
    }
  }

  /**
   * From the seed of a subtree down the path to a period, to its leaf. Where the path goes left, the right seed stays
   * for later; where it goes right, none does.
   */
  #descend(from: Uint8Array, height: number, period: number): void {
    let seed = from;
    for (let level = height - 1; level >= 0; level -= 1) {
      unsoundExpand(this.#seedDigest, this.#digests[level]!, seed);
      seed = this.#seed;
      if (side(period, level) === 0) continue;
      const right = this.#seedOf(level);
      seed.set(right);
      right.set(NO_SEED);
    }
    settleExpansion();
    this.#geometry.dsign.leaf.generate(this.#leaf, this.#growth.leaf(period), seed);
  }

  #seedOf(level: number): Uint8Array {
    const seed = this.#seeds[level];
    if (seed === undefined) throw new RangeError(`a tree of ${String(this.#seeds.length)} levels`);
    return seed;
  }
}
