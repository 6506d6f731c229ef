import type { ConformanceCase } from '../cases/case.js';
import type {
  Implementation,
  KesImplementation,
  KesKeyHandle,
} from '../implementation/implementation.js';
import { KES_ALGORITHMS, type KesAlgorithmKind } from '../vectors/algorithm.js';
import type { ExternalEntry } from './entries.js';

/** The case of one entry of an external file, or the reason for its absence. */
export type EntryResult = ConformanceCase | Skipped;

/** Why an entry has no case. */
interface Skipped {
  readonly skipped: string;
}

/** Builds the cases of one entry of an external file. */
export type EntryBuilder = (implementation: Implementation, entry: ExternalEntry) => EntryResult[];

/**
 * The sentence for an entry without a case.
 *
 * @internal
 */
export function skip(file: string, name: string, why: string): Skipped {
  return { skipped: `skipped: ${file}: ${name}: ${why}` };
}

/**
 * The algorithm of a name in an external file.
 *
 * @internal
 */
export function algorithmNamed(name: string | undefined): KesAlgorithmKind | undefined {
  return KES_ALGORITHMS.find((known) => known === name);
}

/**
 * The implementation of an algorithm at a depth that an external file states.
 *
 * @internal
 */
export function findKes(
  implementation: Implementation,
  algorithm: KesAlgorithmKind,
  depth: number,
): KesImplementation | undefined {
  return Number.isInteger(depth) && depth >= 0 ? implementation.kes?.(algorithm, depth) : undefined;
}

/**
 * Whether an evolution is one that both the network and the depth of the key allow.
 *
 * @internal
 */
export function isEvolution(evolution: bigint, limit: bigint, totalPeriods: number): boolean {
  return evolution >= 0n && evolution < limit && evolution < BigInt(totalPeriods);
}

/**
 * Uses a key and releases it on every path.
 *
 * @internal
 */
export function withKey<Result>(key: KesKeyHandle, use: (key: KesKeyHandle) => Result): Result {
  try {
    return use(key);
  } finally {
    key.release();
  }
}
