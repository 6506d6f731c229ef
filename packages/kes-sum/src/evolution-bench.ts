/**
 * The locked bench on which keys are generated, evolved and checked.
 *
 * It holds the secrets of one key at one period, laid out as in the key itself: the leaf, then the right seed of every
 * level, zero where the level has moved to its right half. A key that evolves is copied here, moved on here and copied
 * back in one piece, so that a step which fails leaves the key whole. The bench is reserved when the first key of an
 * algorithm is made: from then on no operation on a key needs new locked memory. Each use is a run on scratch memory: it
 * is wiped when it ends, and by the next operation when it was abandoned. `fill(0)` costs a third of `sodium_memzero`,
 * and engines never remove it.
 */
import type { MLockedSlot } from '@evolock/kes-single';
import {
  copyCall,
  copySecret,
  expansionCalls,
  prepareExpansions,
  reserveExpansion,
  runExpansions,
  wipeExpansion,
  type Expansions,
  type Made,
  type NativeCall,
  type Scratch,
} from '@evolock/kes-single/unsound-memory';
import { KeyBlocks } from './key-blocks.js';
import { leafView } from './leaf-view.js';
import { checkListed, runOn, scratchMemoryOf } from './scratch.js';
import { boundary, SEED_SIZE, side, type TreeGeometry } from './tree-geometry.js';
import { TreeGrowth } from './tree-growth.js';
import type { VerificationTree } from './verification-tree.js';

/** A seed is zeroed by a copy, as it is moved. */
const NO_SEED = new Uint8Array(SEED_SIZE);

/**
 * Bytes of a bench: the secrets of a key, and room for the seed on the way down or a serialised leaf.
 *
 * @internal
 */
export function benchSize({ dsign, secretSize }: TreeGeometry): number {
  return secretSize + Math.max(SEED_SIZE, dsign.signingKeySize);
}

/** Reserves the blocks. A bench that does not get them gives its own memory back. */
function blocksBeside(slot: MLockedSlot, geometry: TreeGeometry): KeyBlocks {
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
export class EvolutionBench implements Scratch {
  readonly #geometry: TreeGeometry;
  /** What a key keeps in locked memory. */
  readonly #secrets: Uint8Array;
  readonly #leaf: Uint8Array;
  readonly #seeds: readonly Uint8Array[];
  /** The seed on the way down. */
  readonly #seed: Uint8Array;
  /** For each level: expands the seed on the way down. The left child takes its place, the right one stays at the level. */
  readonly #toTheLeft: readonly (readonly NativeCall[])[];
  /** For each level: its right seed becomes the seed on the way down, and is zeroed. */
  readonly #toTheRight: readonly (readonly NativeCall[])[];
  /** For each level: from its right seed down to the first leaf under it. It is the path of all steps by one period. */
  readonly #toTheFirst: readonly Expansions[];
  /** A serialised leaf while the leaf is made of it. */
  readonly #serialisedLeaf: Uint8Array;
  readonly #memory: Uint8Array;
  /** The verification keys of the leaves that are made here, which are public. */
  readonly #growth: TreeGrowth;
  /** Where keys are written from and read into. */
  readonly blocks: KeyBlocks;

  /**
   * Reserves the bench.
   *
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
   */
  constructor(geometry: TreeGeometry) {
    const { dsign, depth, secretSize } = geometry;
    reserveExpansion();
    const slot = scratchMemoryOf(this, benchSize(geometry));
    this.blocks = blocksBeside(slot, geometry);
    const memory = slot.unsoundBytes;
    this.#geometry = geometry;
    this.#memory = memory;
    this.#growth = new TreeGrowth(geometry);
    this.#secrets = memory.subarray(0, secretSize);
    this.#leaf = leafView(dsign, memory.subarray(0, dsign.leaf.size));
    const seedAt = (offset: number): Uint8Array => memory.subarray(offset, offset + SEED_SIZE);
    const offsets = Array.from({ length: depth }, (_, level) => geometry.seedOffset(level));
    this.#seeds = offsets.map(seedAt);
    this.#seed = leafView(dsign, seedAt(secretSize));
    this.#toTheLeft = this.#seeds.map((right) => expansionCalls(this.#seed, right, this.#seed));
    this.#toTheRight = this.#seeds.map((right) => [
      copyCall(this.#seed, right),
      copyCall(right, NO_SEED),
    ]);
    this.#toTheFirst = this.#toTheRight.map((calls, level) =>
      prepareExpansions([...calls, ...this.#callsDown(level, 0)]),
    );
    this.#serialisedLeaf = memory.subarray(secretSize, secretSize + dsign.signingKeySize);
  }

  /**
   * Runs work on the bench and wipes it, however the work ends.
   *
   * @param work - May fail, and leaves everything but the bench as it is.
   * @param commit - Takes over what the work made, and cannot fail. The traces of the work are wiped before it: that may
   * throw when the stack is exhausted, and then nothing has changed.
   * @param makes - A key that is released unless the work completes.
   * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY` when the leaf scheme started another operation from within.
   */
  use(work: (bench: this) => void, commit?: (bench: this) => void, makes?: Made): void {
    runOn(this, { makes }, (run) => {
      work(this);
      if (commit === undefined) return;
      checkListed(run);
      this.#wipeTraces();
      commit(this);
    });
  }

  #wipeTraces(): void {
    wipeExpansion();
  }

  /** Wipes the bench, and what the work on it left in registers and on the stack. */
  wipe(): void {
    this.#memory.fill(0);
    this.#wipeTraces();
  }

  /** Puts a key's secrets on the bench. */
  load(secrets: Uint8Array): void {
    copySecret(this.#secrets, secrets);
  }

  /** Copies the secrets on the bench into a key. */
  store(secrets: Uint8Array): void {
    copySecret(secrets, this.#secrets);
  }

  /** The secrets on the bench. */
  get secrets(): Uint8Array {
    return this.#secrets;
  }

  /** Makes the secrets of period 0 of a seed. */
  start(seed: Uint8Array): void {
    const calls = this.#callsDown(this.#geometry.depth, 0);
    this.#makeLeaf(prepareExpansions([copyCall(this.#seed, seed), ...calls]), 0);
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
    this.#makeLeaf(this.#pathTo(to, level), to);
  }

  /** Makes the leaf of a period again, of its serialised form at its beginning. */
  loadLeaf(period: number): void {
    const { dsign } = this.#geometry;
    copySecret(this.#serialisedLeaf, this.#leaf.subarray(0, dsign.signingKeySize));
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

  /** From the right seed of a level to the leaf of a period under it. */
  #pathTo(period: number, level: number): Expansions {
    const first = this.#toTheFirst[level];
    if (first === undefined) throw new RangeError(`a tree of ${String(this.#seeds.length)} levels`);
    if (period % 2 ** level === 0) return first;
    return prepareExpansions([...this.#toTheRight[level]!, ...this.#callsDown(level, period)]);
  }

  /**
   * From the seed of a subtree down the path to a period. Where the path goes left, the right seed stays for later; where
   * it goes right, none does.
   */
  #callsDown(height: number, period: number): NativeCall[] {
    const calls: NativeCall[] = [];
    for (let level = height - 1; level >= 0; level -= 1) {
      calls.push(...this.#toTheLeft[level]!);
      if (side(period, level) === 1) calls.push(...this.#toTheRight[level]!);
    }
    return calls;
  }

  /** Goes down a path and makes the leaf of its last seed. */
  #makeLeaf(path: Expansions, period: number): void {
    runExpansions(path);
    this.#geometry.dsign.leaf.generate(this.#leaf, this.#growth.leaf(period), this.#seed);
  }
}
