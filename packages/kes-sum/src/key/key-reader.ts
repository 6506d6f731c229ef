/**
 * Reads a signing key: its blocks go straight into locked memory. Then everything that can be recomputed is recomputed and
 * compared with what the key states.
 */
import { pullWhole } from '@evolock/direct-serialise';
import { KesPeriodError, type LockedValue, type Pull } from '@evolock/kes-single';
import {
  copySecret,
  lendOwnBlocks,
  lendWithin,
  levelOfDifference,
  unsoundMemory,
} from '@evolock/kes-single/unsound';
import { InconsistentKeyError } from '../errors.js';
import { SEED_SIZE, type TreeGeometry } from '../tree/tree-geometry.js';
import { VerificationTree } from '../tree/verification-tree.js';
import type { EvolutionBench } from './evolution-bench.js';
import { runOn } from './scratch.js';
import { halfOf, samePublicBytes } from './signature-tail.js';

/** A key while it is read, and the bench of its algorithm. */
export interface KeyMemory {
  readonly geometry: TreeGeometry;
  readonly bench: EvolutionBench;
  /** Released unless each run completes. */
  readonly key: LockedValue;
}

/** What a serialised key states beside its secrets. It is unchecked. */
export interface StatedKey {
  readonly period: number;
  /** The verification keys on the path to the period. */
  readonly path: Uint8Array;
}

/**
 * Fills the locked memory of a key by a pull.
 *
 * @param memory - Its key is all zero.
 * @param pull - Fills each block in turn.
 * @param expectedPeriod - The period that the key has to have; any when absent.
 * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` when it has another.
 *
 * @internal
 */
export function readStatedKey(
  memory: KeyMemory,
  pull: Pull,
  expectedPeriod: number | undefined,
): StatedKey {
  const { geometry, bench, key } = memory;
  return bench.blocks.use({ makes: key }, (blocks, run) => {
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
    // Read here: an allocator of the application may have given the slot back in the callback.
    const secrets = unsoundMemory(key);
    copySecret(secrets, blocks.secrets);
    const { leaf, verificationKeySize } = geometry.dsign;
    leaf.load(secrets.subarray(0, leaf.size), new Uint8Array(verificationKeySize), blocks.leaf);
    return { period, path: new Uint8Array(blocks.path) };
  });
}

/**
 * Computes the verification keys of a key from its period to the last one, and compares them with those that it states.
 *
 * @returns The tree, complete from the period on.
 * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when they differ.
 *
 * @internal
 */
export function checkedTree(
  { geometry, bench, key }: KeyMemory,
  { period, path }: StatedKey,
): VerificationTree {
  const tree = new VerificationTree(geometry);
  runOn(bench, { makes: key }, () => {
    bench.recompute(unsoundMemory(key), path, period, tree);
  });
  for (const [level, { pathOffset, keySize }] of geometry.levels.entries()) {
    const stated = path.subarray(pathOffset, pathOffset + 2 * keySize);
    checkLevel(tree.pair(level, period), stated, level);
  }
  return tree;
}

/** A right seed is zero exactly if its level is in its right half: one bit of the period for each level. */
function periodOf({ levels }: TreeGeometry, secrets: Uint8Array): number {
  return levels.reduce(
    (period, { seedOffset }, level) => period + (isZero(secrets, seedOffset) ? 2 ** level : 0),
    0,
  );
}

/** Reads every byte: the time depends on the result alone. */
function isZero(secrets: Uint8Array, offset: number): boolean {
  let bits = 0;
  for (let index = offset; index < offset + SEED_SIZE; index += 1) bits |= secrets[index] ?? 0;
  return bits === 0;
}

/**
 * Compares the pair of a level. The child on the path was computed from below, a right child whose periods are to come from
 * its seed. A left child whose periods are past cannot be recomputed. The hash of the level above covers it; for the outermost
 * level, `options.verificationKey` does.
 */
function checkLevel(computed: Uint8Array, stated: Uint8Array, level: number): void {
  for (const half of [0, 1] as const) {
    if (samePublicBytes(halfOf(stated, half), halfOf(computed, half))) continue;
    throw new InconsistentKeyError(level + 1, half === 0 ? 'left' : 'right');
  }
}
