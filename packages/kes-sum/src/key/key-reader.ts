/**
 * Reads a signing key: its blocks go straight into locked memory. Then everything that can be recomputed is recomputed and
 * compared with what the key states.
 */
import { pullWhole, type Pull } from '@evolock/direct-serialise';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { KesPeriodError } from '@evolock/kes-single';
import { lendBlocks, levelOfDifference } from '@evolock/kes-single/unsound';
import { InconsistentKeyError } from '../errors.js';
import { SEED_SIZE, type TreeGeometry } from '../tree/tree-geometry.js';
import type { VerificationTree } from '../tree/verification-tree.js';
import type { KeyScratch } from './key-scratch.js';
import { halfOf } from './signature-tail.js';

interface KeyMemory {
  readonly geometry: TreeGeometry;
  readonly scratch: KeyScratch;
  /** The locked memory of the key, all zero. */
  readonly secrets: Uint8Array;
  /** Gets every verification key from the period of the key on. */
  readonly tree: VerificationTree;
}

/**
 * Fills the locked memory of a key by a pull, checks the key, and returns its period. It has to be `expectedPeriod`, if
 * that is given.
 */
export function readKey(memory: KeyMemory, pull: Pull, expectedPeriod: number | undefined): number {
  const { geometry, scratch, secrets, tree } = memory;
  const { blocks } = scratch;
  return scratch.use((use) => {
    const check = (): void => scratch.check(use);
    if (!pullWhole(pull, blocks.image)) lendBlocks(blocks.all, pull, check);
    check();
    blocks.takeApart();
    const period = periodOf(geometry, scratch.secrets);
    if (expectedPeriod !== undefined && expectedPeriod !== period) {
      throw new KesPeriodError(
        'options.period',
        expectedPeriod,
        `the period of the key, ${String(period)}`,
        { level: 1 + levelOfDifference(expectedPeriod, period) },
      );
    }
    scratch.load(secrets, period, tree);
    check();
    for (const [level, { pathOffset, keySize }] of geometry.levels.entries()) {
      const stated = blocks.path.subarray(pathOffset, pathOffset + 2 * keySize);
      checkLevel(tree.pair(level, period), stated, level);
    }
    return period;
  });
}

/** A right seed is zero exactly if its level is in its right half: one bit of the period for each level. */
export function periodOf({ levels }: TreeGeometry, secrets: Uint8Array): number {
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
    if (sameBytes(halfOf(stated, half), halfOf(computed, half))) continue;
    throw new InconsistentKeyError(level + 1, half === 0 ? 'left' : 'right');
  }
}
