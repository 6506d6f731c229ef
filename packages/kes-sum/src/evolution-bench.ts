/**
 * The locked bench on which keys are generated, evolved and checked.
 *
 * It holds the secrets of one key at one period, laid out as in the key itself: the leaf, then the right seed of every
 * level, zero where the level has moved to its right half. A key that evolves is copied here, moved on here and copied
 * back in one piece, so that a step which fails leaves the key whole. The bench is reserved when the first key of an
 * algorithm is made: from then on no operation on a key needs new locked memory. It is wiped after every use,
 * by the method of the language, at a third of the price of a native call: no engine leaves it out.
 */
import { allocateSlot, EvolockError, type MLockedSlot } from '@evolock/kes-single';
import {
  overwriteCopyResidue,
  reserveExpansion,
  settleExpansion,
  unsoundExpand,
  wipeExpansion,
} from '@evolock/kes-single/unsound-memory';
import { KeyBlocks } from './key-blocks.js';
import { boundary, SEED_SIZE, side, type TreeGeometry } from './tree-geometry.js';

/**
 * A key was to be changed while it was in use: from the callback that its own serialisation lends a block to, or from
 * within a leaf scheme. The key is whole.
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
    super('this key is being read, changed or signed with: finish that first, then update it');
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
  /** The seed on the way down. */
  readonly #seed: Uint8Array;
  /** A serialised leaf while the leaf is made of it. */
  readonly #serialisedLeaf: Uint8Array;
  readonly #memory: Uint8Array;
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
    const slot = allocateSlot(benchSize(geometry));
    const memory = slot.unsoundBytes;
    this.#geometry = geometry;
    this.#memory = memory;
    this.blocks = reserveBlocks(geometry, slot);
    this.slots = [slot, this.blocks.slot];
    this.#secrets = memory.subarray(0, secretSize);
    this.#leaf = memory.subarray(0, dsign.leaf.size);
    this.#seeds = Array.from({ length: depth }, (_, level) => {
      const offset = geometry.seedOffset(level);
      return memory.subarray(offset, offset + SEED_SIZE);
    });
    this.#seed = memory.subarray(secretSize, secretSize + SEED_SIZE);
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

  /**
   * Makes every leaf from a period to another, in turn, and computes their verification keys.
   *
   * @param from - Where the secrets on the bench stand.
   * @param end - The period behind the last.
   * @param verificationKeyOf - Where the verification key of a period goes.
   */
  walk(from: number, end: number, verificationKeyOf: (period: number) => Uint8Array): void {
    for (let period = from + 1; period < end; period += 1) {
      this.advance(period - 1, period, verificationKeyOf(period));
    }
  }

  /** Makes the secrets of period 0 of a seed, and the verification key of its leaf. */
  start(seed: Uint8Array, verificationKey: Uint8Array): void {
    this.#seed.set(seed);
    this.#descend(this.#geometry.depth, 0, verificationKey);
  }

  /**
   * Moves the secrets on from a period to a later one, and computes the verification key of the new leaf.
   *
   * The highest level that the two paths take differently uses up its right seed, which is zeroed; every level below
   * is made anew. The old leaf is overwritten. Nothing that is left leads back. However far the move, it costs one
   * path of expansions and one leaf.
   */
  advance(from: number, to: number, verificationKey: Uint8Array): void {
    const level = boundary(from, to);
    const right = this.#seedOf(level);
    this.#seed.set(right);
    right.fill(0);
    this.#descend(level, to, verificationKey);
  }

  /** Computes the verification key of the leaf: it is made again, of its serialised form at its beginning. */
  loadLeaf(verificationKey: Uint8Array): void {
    const { dsign } = this.#geometry;
    this.#serialisedLeaf.set(this.#leaf.subarray(0, dsign.signingKeySize));
    dsign.leaf.load(this.#leaf, verificationKey, this.#serialisedLeaf);
  }

  /**
   * From the seed of a subtree down the path to a period, to its leaf. Where the path goes left, the right seed stays
   * for later; where it goes right, none does.
   */
  #descend(height: number, period: number, verificationKey: Uint8Array): void {
    for (let level = height - 1; level >= 0; level -= 1) {
      const right = this.#seedOf(level);
      unsoundExpand(this.#seed, right, this.#seed);
      if (side(period, level) === 0) continue;
      this.#seed.set(right);
      right.fill(0);
    }
    settleExpansion();
    this.#geometry.dsign.leaf.generate(this.#leaf, verificationKey, this.#seed);
  }

  #seedOf(level: number): Uint8Array {
    const seed = this.#seeds[level];
    if (seed === undefined) throw new RangeError(`a tree of ${String(this.#seeds.length)} levels`);
    return seed;
  }
}
