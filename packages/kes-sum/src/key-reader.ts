/**
 * Reading a signing key: blocks straight into locked memory, then everything that can be computed again is, and has to
 * agree with what the key claims.
 */
import { pullWhole } from '@evolock/direct-serialise';
import { KesPeriodError, type Pull } from '@evolock/kes-single';
import { levelOfDifference } from '@evolock/kes-single/composition';
import {
  lendOwnBlocks,
  lendWithin,
  copySecret,
  type Made,
} from '@evolock/kes-single/unsound-memory';
import { InconsistentKeyError } from './errors.js';
import type { EvolutionBench } from './evolution-bench.js';
import { samePublicBytes } from './public-bytes.js';
import { halfOf } from './signature-tail.js';
import { boundary, SEED_SIZE, type TreeGeometry } from './tree-geometry.js';
import { VerificationTree } from './verification-tree.js';

/** The locked memory of a key, and what works on it. */
export interface KeyMemory {
  readonly geometry: TreeGeometry;
  readonly bench: EvolutionBench;
  readonly secrets: Uint8Array;
  /** The key, while it is being made: it is released unless the work on it completes. */
  readonly makes?: Made | undefined;
}

/** What a serialised key says of itself, beside its secrets: nothing of it is checked yet. */
export interface ClaimedKey {
  readonly period: number;
  /** The verification keys along the path to the period. */
  readonly path: Uint8Array;
}

/**
 * Fills the locked memory of a key from a pull, and makes its leaf.
 *
 * @param key - Its memory is all zero.
 * @param pull - Fills each block in turn.
 * @param expectedPeriod - Where the key has to stand; wherever it stands when absent.
 * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` when it stands elsewhere than expected.
 *
 * @internal
 */
export function readClaimedKey(
  key: KeyMemory,
  pull: Pull,
  expectedPeriod: number | undefined,
): ClaimedKey {
  const { geometry, bench, secrets, makes } = key;
  return bench.blocks.use({ makes }, (blocks, run) => {
    if (!pullWhole(pull, blocks.image)) {
      lendWithin(run, () => {
        lendOwnBlocks(pull, blocks.all, () => undefined);
      });
    }
    blocks.takeApart();
    const period = periodOf(geometry, blocks.secrets);
    if (expectedPeriod !== undefined && expectedPeriod !== period) {
      throw new KesPeriodError(
        'options.period',
        expectedPeriod,
        `the period of the key, ${String(period)}`,
        levelOfDifference(expectedPeriod, period),
      );
    }
    copySecret(secrets, blocks.secrets);
    const { leaf, verificationKeySize } = geometry.dsign;
    leaf.load(secrets.subarray(0, leaf.size), new Uint8Array(verificationKeySize), blocks.leaf);
    return { period, path: new Uint8Array(blocks.path) };
  });
}

/**
 * Computes the verification keys of a key from its secrets, from its period to the end, and compares them with what it
 * claims.
 *
 * @returns The tree, complete for every period to come.
 * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when the key contradicts itself.
 *
 * @internal
 */
export function checkClaims(key: KeyMemory, { period, path }: ClaimedKey): VerificationTree {
  const { geometry, bench, secrets, makes } = key;
  const tree = new VerificationTree(geometry);
  const grow = (): void => {
    bench.load(secrets);
    bench.believePast(path, period);
    bench.loadLeaf(period);
    bench.grow(tree, period);
  };
  bench.use(grow, undefined, makes);
  for (let level = 0; level < geometry.depth; level += 1) checkLevel(tree, period, path, level);
  return tree;
}

/**
 * Generates the subtree that a key enters on its way from a period to a later one: the right half of the highest level
 * that the two paths take differently, at least level 1.
 *
 * @internal
 */
export function generateSubtree(key: KeyMemory, from: number, to: number): VerificationTree {
  const { geometry, bench, secrets } = key;
  const level = boundary(from, to);
  const tree = new VerificationTree(geometry.below(level));
  const first = to - (to % 2 ** level);
  bench.use(() => {
    bench.load(secrets);
    bench.advance(from, first);
    bench.grow(tree, first);
  });
  return tree;
}

/** A right seed is zero exactly when its level has moved to its right half: one bit of the period per level. */
function periodOf(geometry: TreeGeometry, secrets: Uint8Array): number {
  let period = 0;
  for (let level = 0; level < geometry.depth; level += 1) {
    if (isZero(secrets, geometry.seedOffset(level))) period += 2 ** level;
  }
  return period;
}

/** Looks at every byte, so that the time tells nothing but the answer. */
function isZero(secrets: Uint8Array, offset: number): boolean {
  let bits = 0;
  for (let index = offset; index < offset + SEED_SIZE; index += 1) bits |= secrets[index] ?? 0;
  return bits === 0;
}

/**
 * Compares a level's claims with what is known: the child on the path was computed from below, a right child still to
 * come from its seed. A left child that is past cannot be computed again: it was taken from the claim, and the level
 * above vouches for it, and for the outermost the verification key that comes out, if the caller knows it.
 */
function checkLevel(tree: VerificationTree, period: number, path: Uint8Array, level: number): void {
  const { geometry } = tree;
  const pair = tree.pair(level, period);
  const claim = path.subarray(geometry.pathOffset(level), geometry.pathOffset(level + 1));
  for (const half of [0, 1] as const) {
    if (samePublicBytes(halfOf(claim, half), halfOf(pair, half))) continue;
    throw new InconsistentKeyError(level + 1, half === 0 ? 'left' : 'right');
  }
}
