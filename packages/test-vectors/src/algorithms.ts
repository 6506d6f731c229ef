/** The algorithms of the vectors. */

/**
 * Which of the four key evolving signature algorithms: `single` and `compactSingle` have one period
 * (depth 0); `sum` and `compactSum` have 2^depth periods, and at depth 0 they are `single` and
 * `compactSingle`.
 */
export type KesAlgorithmKind = 'single' | 'compactSingle' | 'sum' | 'compactSum';

/** Every algorithm, in the order in which the vectors have them. */
export const KES_ALGORITHMS: readonly KesAlgorithmKind[] = [
  'single',
  'compactSingle',
  'sum',
  'compactSum',
];

/** The VRFs of the vectors, by their names in cardano-base: draft 03, and draft 13 with batch-compatible proofs. */
export const VRF_ALGORITHMS = ['PraosVRF', 'PraosBatchCompatVRF'] as const;

/** A VRF of the vectors. */
export type VrfAlgorithmName = (typeof VRF_ALGORITHMS)[number];
