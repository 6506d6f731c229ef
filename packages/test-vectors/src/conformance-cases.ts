import type { ConformanceCase } from './conformance-case.js';
import { ed25519Cases } from './ed25519-cases.js';
import type { Implementation } from './implementation.js';
import { kesCases } from './kes-cases.js';
import { seedCases } from './seed-cases.js';

/**
 * Everything that the vectors of this package ask of an implementation, as cases for any test
 * framework. A part that the implementation leaves out has no cases: print `coverage` to see
 * which.
 *
 * @param implementation - What to drive.
 * @returns The cases; nothing has run yet.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { conformanceCases } from '@evolock/test-vectors';
 *
 * const cases = conformanceCases({ seed: { expand: (seed) => ({ left: seed, right: seed }) } });
 * for (const { group, run } of cases) {
 *   assert.equal(group, 'seed expansion');
 *   assert.throws(run, { name: 'ConformanceError', code: 'EXPANSION_MISMATCH' });
 * }
 * ```
 */
export function conformanceCases(implementation: Implementation): ConformanceCase[] {
  return [
    ...(implementation.seed === undefined ? [] : seedCases(implementation.seed)),
    ...(implementation.dsign === undefined ? [] : ed25519Cases(implementation.dsign)),
    ...kesCases(implementation),
  ];
}
