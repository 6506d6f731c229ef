import * as evolock from '../src/all.js';
import type { KesAlgorithm, KesVariant } from '../src/all.js';

/** The sum algorithms, by depth. */
export const sums: readonly KesAlgorithm[] = [
  ...toDepth5((depth) => evolock.sumKesOfDepth(depth)),
  evolock.sum6Kes,
  evolock.sum7Kes,
];

/** The compact sum algorithms, by depth. */
export const compactSums: readonly KesAlgorithm[] = [
  ...toDepth5((depth) => evolock.compactSumKesOfDepth(depth)),
  evolock.compactSum6Kes,
  evolock.compactSum7Kes,
];

function toDepth5(ofDepth: (depth: number) => KesAlgorithm): KesAlgorithm[] {
  return Array.from({ length: 6 }, (_, depth) => ofDepth(depth));
}

/** The short run uses smaller trees. */
export const greatestDepth = Number(process.env['EVOLOCK_TEST_DEPTH'] ?? 7);

/** Every algorithm of depth 0 to 7. */
export const algorithms = [...sums, ...compactSums].filter(({ depth }) => depth <= greatestDepth);

/** Each of these with more than one period. */
export const evolving = algorithms.filter(({ depth }) => depth > 0);

/** Both kinds of signatures. */
export const variants: readonly KesVariant[] = ['sum', 'compact'];

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
  variant: KesVariant,
  depth: number,
  dsign: evolock.LeafScheme = evolock.ed25519,
): KesAlgorithm {
  return variant === 'sum'
    ? evolock.sumKesOfDepth(depth, dsign)
    : evolock.compactSumKesOfDepth(depth, dsign);
}
