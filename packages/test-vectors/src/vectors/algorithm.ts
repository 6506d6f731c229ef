/**
 * Which of the four key evolving signature algorithms: `single` and `compactSingle` have one period
 * (depth 0); `sum` and `compactSum` have 2^depth periods, and at depth 0 they are `single` and
 * `compactSingle`.
 */
export type KesAlgorithmKind = 'single' | 'compactSingle' | 'sum' | 'compactSum';

/**
 * Every algorithm, in the order in which the vectors have them.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { KES_ALGORITHMS } from '@evolock/test-vectors';
 *
 * assert.deepEqual(KES_ALGORITHMS, ['single', 'compactSingle', 'sum', 'compactSum']);
 * ```
 */
export const KES_ALGORITHMS: readonly KesAlgorithmKind[] = [
  'single',
  'compactSingle',
  'sum',
  'compactSum',
];
