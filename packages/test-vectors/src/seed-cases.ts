import { conformanceCase, type ConformanceCase } from './conformance-case.js';
import { expectBytes } from './expect.js';
import type { SeedImplementation } from './implementation.js';
import { seedExpansionVectors } from './seed-expansion-vectors.js';

/**
 * Every seed expands into the halves of the vectors.
 *
 * @internal
 */
export function seedCases(implementation: SeedImplementation): ConformanceCase[] {
  return seedExpansionVectors().map((vector) => {
    const location = { file: 'seed-expansion.json', entry: vector.name };
    return conformanceCase('seed expansion', vector.name, location, () => {
      const { left, right } = implementation.expand(vector.seed.slice());
      expectBytes('EXPANSION_MISMATCH', location, 'the left seed', left, vector.left);
      expectBytes('EXPANSION_MISMATCH', location, 'the right seed', right, vector.right);
    });
  });
}
