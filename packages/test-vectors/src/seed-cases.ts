import type { AsyncSeedImplementation } from './async-implementation.js';
import { plan, type CasePlan } from './case-plan.js';
import { expectBytes } from './expect.js';
import { seedExpansionVectors } from './seed-expansion-vectors.js';
import { wait } from './steps.js';

/**
 * Every seed expands into the halves of the vectors.
 *
 * @internal
 */
export function seedCases(implementation: AsyncSeedImplementation): CasePlan[] {
  return seedExpansionVectors().map((vector) => {
    const location = { file: 'seed-expansion.json', entry: vector.name };
    return plan('seed expansion', vector.name, location, function* () {
      const { left, right } = yield* wait(implementation.expand(vector.seed.slice()));
      expectBytes('EXPANSION_MISMATCH', location, 'the left seed', left, vector.left);
      expectBytes('EXPANSION_MISMATCH', location, 'the right seed', right, vector.right);
    });
  });
}
