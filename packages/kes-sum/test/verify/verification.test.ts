import { messages, toyDsign } from '@evolock/test-support';
import { schemeCases } from '@evolock/test-vectors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MLockedSeed } from '../../src/all.js';
import { algorithms, freshAlgorithm, variants } from '../algorithms.js';

const overAnotherLeaf = variants.map((variant) => freshAlgorithm(variant, 3, toyDsign()));
for (const algorithm of [...algorithms, ...overAnotherLeaf])
  for (const { group, name, run } of schemeCases(algorithm, MLockedSeed))
    test(`${group}: ${name}`, run);

test('verify returns a boolean for any bytes of any length at any integer', () => {
  const anyBytes = fc.uint8Array({ maxLength: 600 });
  const sized = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const cases = fc
    .constantFrom(...algorithms)
    .chain((algorithm) =>
      fc.tuple(
        fc.constant(algorithm),
        fc.oneof(sized(32), anyBytes),
        fc.oneof(sized(algorithm.signatureSize), anyBytes),
      ),
    );
  const periods = fc.oneof(
    fc.nat({ max: 130 }),
    fc.maxSafeInteger(),
    fc.constantFrom(-0, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, 1e300, -1e300, Number.MAX_VALUE),
  );
  fc.assert(
    fc.property(cases, periods, messages, ([algorithm, root, signature], period, text) => {
      expect(algorithm.verify(root, period, text, signature)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
