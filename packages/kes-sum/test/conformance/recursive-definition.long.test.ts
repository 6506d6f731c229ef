import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, messages, seedOf, seeds, toyDsign } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519, type LeafScheme } from '../../src/index.js';
import { freshAlgorithm, periodsOf, variants } from '../algorithms.js';
import {
  plainEd25519,
  plainToy,
  signature,
  signingKey,
  verificationKey,
  type PlainDsign,
} from './recursive-reference.js';

const leaves: { leaf: string; dsign: LeafScheme; plain: PlainDsign; depths: number[] }[] = [
  {
    leaf: 'the toy, with other sizes everywhere',
    dsign: toyDsign(),
    plain: plainToy,
    depths: [1, 2, 3],
  },
  { leaf: 'Ed25519', dsign: ed25519, plain: plainEd25519, depths: [1, 2, 3, 4] },
];

describe.each(leaves)('over $leaf', ({ dsign, plain, depths }) => {
  describe.each(variants)('%s', (variant) => {
    test.each(depths)('equals the recursive definition at depth %i and every period', (depth) => {
      const algorithm = freshAlgorithm(variant, depth, dsign);
      const own = dsign.verificationKeySize;
      const pairs = 2 * own + 2 * 32 * (depth - 1);
      expect(algorithm.signingKeySize).toBe(dsign.signingKeySize + 32 * depth + pairs);
      expect(algorithm.signatureSize).toBe(
        variant === 'sum' ? dsign.signatureSize + pairs : dsign.signatureSize + own + pairs / 2,
      );
      fc.assert(
        fc.property(seeds, messages, (seed, message) => {
          using key = keyOf(algorithm, seed);
          const root = verificationKey(plain, depth, seed);
          expect(key.deriveVerificationKey()).toEqual(root);
          for (const period of periodsOf(algorithm)) {
            if (period > 0) key.update();
            const expected = signature(plain, variant, depth, seed, period, message);
            expect(key.sign(message)).toEqual(expected);
            const bytes = signingKey(plain, depth, seed, period);
            expect(serialised(key)).toEqual(bytes);
            using read = keyFrom(algorithm, bytes, { period });
            expect(read.sign(message)).toEqual(expected);
            expect(read.deriveVerificationKey()).toEqual(root);
            for (const at of periodsOf(algorithm)) {
              expect(algorithm.verify(root, at, message, expected)).toBe(at === period);
            }
          }
        }),
        { numRuns: depth < 4 ? 20 : 5 },
      );
    });
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
