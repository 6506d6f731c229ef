import {
  type AsyncConformanceCase,
  type CasePlan,
  type ConformanceCase,
  type ConformanceGroup,
  toAsyncCase,
  toCase,
} from '../cases/case.js';
import { kesCases } from '../cases/kes.js';
import { ed25519Cases, seedCases } from '../cases/primitives.js';
import { extendedCases, vrfCases } from '../cases/vrf.js';
import type { AsyncImplementation } from '../implementation/async-implementation.js';
import type { Implementation } from '../implementation/implementation.js';
import { checkImplementation } from '../implementation/inspect.js';
import { VRF_ALGORITHMS } from '../vectors/vrf.js';

/** The groups that need no key: all that an implementation has that only verifies. */
const VERIFYING: ReadonlySet<ConformanceGroup> = new Set<ConformanceGroup>([
  'ed25519 verification',
  'vrf verification',
  'kes verification',
  'kes negative',
  'kes cbor',
  'kes cbor negative',
]);

function plans(implementation: AsyncImplementation): CasePlan[] {
  checkImplementation(implementation);
  const all = plansOf(implementation);
  if (implementation.verifiesOnly !== true) return all;
  return all.filter(({ group }) => VERIFYING.has(group));
}

function plansOf(implementation: AsyncImplementation): CasePlan[] {
  return [
    ...(implementation.seed === undefined ? [] : seedCases(implementation.seed)),
    ...(implementation.dsign === undefined ? [] : ed25519Cases(implementation.dsign)),
    ...(implementation.extended === undefined ? [] : extendedCases(implementation.extended)),
    ...VRF_ALGORITHMS.flatMap((algorithm) => {
      const vrf = implementation.vrf?.(algorithm);
      return vrf === undefined ? [] : vrfCases(vrf, algorithm);
    }),
    ...kesCases(implementation),
  ];
}

/**
 * All cases of the vectors of this package for an implementation, for any test framework. A part that the
 * implementation does not offer has no cases: `coverage` lists these parts.
 *
 * @param implementation - The implementation to test.
 * @returns The cases; nothing has run yet.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { conformanceCases } from '@evolock/test-vectors';
 *
 * const cases = conformanceCases({ seed: { expand: (seed) => ({ left: seed, right: seed }) } });
 * for (const { group, run } of cases) {
 *   assert.equal(group, 'seed expansion');
 *   assert.throws(run, { name: 'ConformanceError', code: 'ERR_EVOLOCK_EXPANSION_MISMATCH' });
 * }
 * ```
 */
export function conformanceCases(implementation: Implementation): ConformanceCase[] {
  return plans(implementation).map(toCase);
}

/**
 * The cases of {@link conformanceCases} for an implementation whose methods may return promises, such as one in
 * another process. Run the cases of one implementation one after another.
 *
 * @param implementation - The implementation to test.
 * @returns The cases; nothing has run yet.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { asyncConformanceCases } from '@evolock/test-vectors';
 *
 * const expand = async (seed: Uint8Array) => Promise.resolve({ left: seed, right: seed });
 * const [first] = asyncConformanceCases({ seed: { expand } });
 * await assert.rejects(async () => first?.run(), { code: 'ERR_EVOLOCK_EXPANSION_MISMATCH' });
 * ```
 */
export function asyncConformanceCases(implementation: AsyncImplementation): AsyncConformanceCase[] {
  return plans(implementation).map(toAsyncCase);
}
