import * as evolock from '../src/index.js';
import type { KesAlgorithm } from '../src/index.js';

/** The named sum algorithms, by depth. */
export const sums: readonly KesAlgorithm[] = [
  evolock.sum0Kes,
  evolock.sum1Kes,
  evolock.sum2Kes,
  evolock.sum3Kes,
  evolock.sum4Kes,
  evolock.sum5Kes,
  evolock.sum6Kes,
  evolock.sum7Kes,
];

/** The named compact sum algorithms, by depth. */
export const compactSums: readonly KesAlgorithm[] = [
  evolock.compactSum0Kes,
  evolock.compactSum1Kes,
  evolock.compactSum2Kes,
  evolock.compactSum3Kes,
  evolock.compactSum4Kes,
  evolock.compactSum5Kes,
  evolock.compactSum6Kes,
  evolock.compactSum7Kes,
];

/** Mutation testing runs the tests hundreds of times, on smaller trees. */
const greatestDepth = Number(process.env['EVOLOCK_TEST_DEPTH'] ?? 7);

/** Every named algorithm, depth 0 to 7. */
export const algorithms: readonly KesAlgorithm[] = [...sums, ...compactSums].filter(
  ({ depth }) => depth <= greatestDepth,
);

/** Every named algorithm with more than one period. */
export const evolving = algorithms.filter(({ depth }) => depth > 0);

/** Those of depth 1 to 3, on which tests can try every pair of periods. */
export const small = evolving.filter(({ depth }) => depth <= 3);

/** The periods of an algorithm. */
export function periodsOf({ totalPeriods }: KesAlgorithm): number[] {
  return Array.from({ length: totalPeriods }, (_, period) => period);
}

/** Whether a level, 0 the innermost, is in its right half at a period. */
export function isRight(period: number, level: number): boolean {
  return Math.floor(period / 2 ** level) % 2 === 1;
}

/** A new algorithm of a variant at a depth, whose first key has not been made. */
export function freshAlgorithm(
  variant: 'sum' | 'compact',
  depth: number,
  dsign: evolock.DsignAlgorithm = evolock.ed25519,
): KesAlgorithm {
  if (variant === 'sum') {
    let algorithm: KesAlgorithm = evolock.singleKes(dsign);
    for (let level = 0; level < depth; level += 1) {
      algorithm = evolock.sumKes(algorithm as KesAlgorithm<evolock.KesShape & { variant: 'sum' }>);
    }
    return algorithm;
  }
  let algorithm: KesAlgorithm = evolock.compactSingleKes(dsign);
  for (let level = 0; level < depth; level += 1) {
    algorithm = evolock.compactSumKes(
      algorithm as KesAlgorithm<evolock.KesShape & { variant: 'compact' }>,
    );
  }
  return algorithm;
}
