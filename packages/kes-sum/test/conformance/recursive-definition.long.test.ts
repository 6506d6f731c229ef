import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, messages, seedOf, seeds, toyDsign } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freshAlgorithm, periodsOf, variants } from '../algorithms.js';
import { signature, signingKey, verificationKey } from './recursive-reference.js';

describe.each(variants)('%s over another leaf scheme', (variant) => {
  test.each([1, 2, 3])('equals the recursive definition at depth %i and every period', (depth) => {
    const algorithm = freshAlgorithm(variant, depth, toyDsign());
    fc.assert(
      fc.property(seeds, messages, (seed, message) => {
        using key = keyOf(algorithm, seed);
        const root = verificationKey(depth, seed);
        expect(key.deriveVerificationKey()).toEqual(root);
        for (const period of periodsOf(algorithm)) {
          if (period > 0) key.update();
          const expected = signature(variant, depth, seed, period, message);
          expect(expected).toHaveLength(algorithm.signatureSize);
          expect(key.sign(message)).toEqual(expected);
          const bytes = signingKey(depth, seed, period);
          expect(bytes).toHaveLength(algorithm.signingKeySize);
          expect(serialised(key)).toEqual(bytes);
          using read = keyFrom(algorithm, bytes, { period });
          expect(read.sign(message)).toEqual(expected);
          expect(read.deriveVerificationKey()).toEqual(root);
          for (const at of periodsOf(algorithm)) {
            expect(algorithm.verify(root, at, message, expected)).toBe(at === period);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

// The recursive definition would take minutes at these depths.
describe.each(variants)('%s', (variant) => {
  test.each([8, 10, 12, 16])('a key of depth %i signs, evolves and is read', (depth) => {
    const algorithm = freshAlgorithm(variant, depth);
    const { totalPeriods } = algorithm;
    const message = Uint8Array.of(1, 2, 3);
    using key = keyOf(algorithm, seedOf(9));
    const root = key.deriveVerificationKey();
    for (const period of [0, 1, totalPeriods / 2 - 1, totalPeriods / 2, totalPeriods - 1]) {
      key.updateTo(period);
      const signature = key.sign(message);
      expect(signature.length).toBe(algorithm.signatureSize);
      for (const at of [period - 1, period, period + 1, totalPeriods]) {
        expect(algorithm.verify(root, at, message, signature)).toBe(at === period);
      }
    }
    expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_KES_LAST_PERIOD');

    using stepped = keyOf(algorithm, seedOf(9));
    stepped.updateTo(totalPeriods - 3);
    using read = keyFrom(algorithm, serialised(stepped));
    expect(read.deriveVerificationKey()).toEqual(root);
    for (const each of [stepped, read]) {
      each.updateTo(totalPeriods - 1);
      expect(serialised(each)).toEqual(serialised(key));
      expect(each.sign(message)).toEqual(key.sign(message));
    }
  });
});
