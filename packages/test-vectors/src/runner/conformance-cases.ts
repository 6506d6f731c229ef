import {
  type AsyncConformanceCase,
  type CasePlan,
  type ConformanceCase,
  toAsyncCase,
  toCase,
} from '../cases/case.js';
import { kesCases } from '../cases/kes.js';
import { ed25519Cases, seedCases } from '../cases/primitives.js';
import type { AsyncImplementation } from '../implementation/async-implementation.js';
import type { Implementation } from '../implementation/implementation.js';
import { checkImplementation } from '../implementation/inspect.js';

function plans(implementation: AsyncImplementation): CasePlan[] {
  checkImplementation(implementation);
  return [
    ...(implementation.seed === undefined ? [] : seedCases(implementation.seed)),
    ...(implementation.dsign === undefined ? [] : ed25519Cases(implementation.dsign)),
    ...kesCases(implementation),
  ];
}

/**
 * Everything that the vectors of this package ask of an implementation, as cases for any test
 * framework. A part that the implementation leaves out has no cases: print `coverage` to see
 * which.
 *
 * @param implementation - What to drive.
 * @returns The cases; nothing has run yet.
 * @throws ArgumentError with code `WRONG_ARGUMENT` for a wrong argument.
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
  return plans(implementation).map(toCase);
}

/**
 * The cases of {@link conformanceCases} for an implementation whose methods may answer later, such as
 * one in another process. Cases of one implementation are not meant to run at the same time.
 *
 * @param implementation - What to drive.
 * @returns The cases; nothing has run yet.
 * @throws ArgumentError with code `WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { asyncConformanceCases } from '@evolock/test-vectors';
 *
 * const expand = async (seed: Uint8Array) => Promise.resolve({ left: seed, right: seed });
 * const [first] = asyncConformanceCases({ seed: { expand } });
 * await assert.rejects(async () => first?.run(), { code: 'EXPANSION_MISMATCH' });
 * ```
 */
export function asyncConformanceCases(implementation: AsyncImplementation): AsyncConformanceCase[] {
  return plans(implementation).map(toAsyncCase);
}
