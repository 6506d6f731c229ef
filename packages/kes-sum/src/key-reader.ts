/**
 * Reading a signing key: blocks straight into locked memory, then everything that can be computed again is, and has to
 * agree with what the key carries.
 */
import { KesPeriodError, type Pull } from '@evolock/kes-single';
import { InconsistentKeyError } from './inconsistent-key-error.js';
import type { EvolutionBench } from './evolution-bench.js';
import { samePublicBytes } from './public-bytes.js';
import { SEED_SIZE, side, type TreeGeometry } from './tree-geometry.js';
import type { VerificationTree } from './verification-tree.js';

/** The two verification keys that a level of a serialised key carries: claims, until they are checked. */
interface ClaimedPair {
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

/** What a key is read into. */
export interface KeyUnderConstruction {
  readonly geometry: TreeGeometry;
  readonly bench: EvolutionBench;
  /** The locked memory of the key, zeroed. */
  readonly secrets: Uint8Array;
  /** An empty table. */
  readonly tree: VerificationTree;
}

/**
 * Fills a key from a pull and checks it.
 *
 * @param key - What it is read into.
 * @param pull - Fills each block in turn.
 * @param expectedPeriod - Where the key has to stand; wherever it stands when absent.
 * @returns The period at which it stands.
 * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` when it stands elsewhere than expected.
 * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when it contradicts itself.
 *
 * @internal
 */
export function readKey(
  key: KeyUnderConstruction,
  pull: Pull,
  expectedPeriod: number | undefined,
): number {
  const { geometry, secrets, tree } = key;
  const claims = pullBlocks(geometry, secrets, pull);
  const period = periodOf(geometry, secrets);
  if (expectedPeriod !== undefined && expectedPeriod !== period) {
    throw new KesPeriodError(
      'options.period',
      expectedPeriod,
      `the period of the key, ${String(period)}`,
    );
  }
  walkToTheEnd(key, period);
  tree.hashAfter(period);
  for (const [level, claim] of claims.entries()) checkLevel(tree, period, level, claim);
  return period;
}

function pullBlocks(geometry: TreeGeometry, secrets: Uint8Array, pull: Pull): ClaimedPair[] {
  pull(secrets.subarray(0, geometry.dsign.signingKeySize));
  return Array.from({ length: geometry.depth }, (_, level) => {
    const offset = geometry.seedOffset(level);
    pull(secrets.subarray(offset, offset + SEED_SIZE));
    const left = new Uint8Array(geometry.keySize(level));
    const right = new Uint8Array(geometry.keySize(level));
    pull(left);
    pull(right);
    return { left, right };
  });
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
 * Makes the leaf of its serialised form, then evolves a copy of the key on the bench to its last period, to learn the
 * verification keys of this leaf and of all leaves to come.
 */
function walkToTheEnd(
  { geometry, bench, secrets, tree }: KeyUnderConstruction,
  period: number,
): void {
  bench.use(() => {
    bench.load(secrets);
    bench.loadLeaf(tree.key(0, period));
    bench.store(secrets);
    for (let next = period + 1; next < geometry.totalPeriods; next += 1) {
      bench.advance(next - 1, next, tree.key(0, next));
    }
  });
}

/**
 * Compares a level's claims with what is known: the child on the path was computed from below, a right child still to
 * come from its seed. A left child that is past cannot be computed again: it is taken from the claim, and the level
 * above vouches for it.
 */
function checkLevel(
  tree: VerificationTree,
  period: number,
  level: number,
  claim: ClaimedPair,
): void {
  const left = 2 * (period >>> (level + 1));
  if (side(period, level) === 0) {
    if (!samePublicBytes(claim.left, tree.key(level, left)))
      throw new InconsistentKeyError(level + 1, 'left');
  } else {
    tree.key(level, left).set(claim.left);
  }
  if (!samePublicBytes(claim.right, tree.key(level, left + 1)))
    throw new InconsistentKeyError(level + 1, 'right');
  tree.hashNode(level + 1, left / 2);
}
