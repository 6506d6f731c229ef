import { anyVerification, goodVerifications, hostileVerifications } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  verifyMany,
  type KesAlgorithm,
  type KesVerification,
  compactSumKesOfDepth,
  sumKesOfDepth,
} from '../../src/all.js';

const compactSum2Kes = compactSumKesOfDepth(2);
const sum0Kes = sumKesOfDepth(0);
const sum2Kes = sumKesOfDepth(2);

const message = Uint8Array.of(1, 2, 3);

const goodItems = (algorithm: KesAlgorithm) => goodVerifications(algorithm, seedOf(6), message);

describe.each([sum0Kes, sum2Kes, compactSum2Kes])('$name', (algorithm: KesAlgorithm) => {
  const good = goodItems(algorithm);

  /** The verdict of `verify`; false when it throws. */
  function alone(item: unknown): boolean {
    try {
      const { verificationKey, period, message: bytes, signature } = item as KesVerification;
      return algorithm.verify(verificationKey, period, bytes, signature);
    } catch {
      return false;
    }
  }

  test('gives every item the verdict of verify, in order', () => {
    const item = anyVerification(good);
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        expect(verifyMany(algorithm, items as KesVerification[])).toEqual(items.map(alone));
      }),
    );
    for (const worst of hostileVerifications) {
      const items = [worst, good[0], worst] as KesVerification[];
      expect(verifyMany(algorithm, items)).toEqual([false, true, false]);
    }
  });
});

test('takes items of any iterable one by one, and throws the error of the iteration', () => {
  const good = goodItems(sum2Kes);
  const verdicts = good.map(() => true);
  let taken = 0;
  function* items(end?: Error) {
    for (const item of good) {
      taken += 1;
      yield item;
    }
    if (end !== undefined) throw end;
  }
  expect(verifyMany(sum2Kes, new Set(good))).toEqual(verdicts);
  expect(verifyMany(sum2Kes, items())).toEqual(verdicts);
  expect(taken).toBe(good.length);
  expect(verifyMany(sum2Kes, [])).toEqual([]);
  const own = new Error('of the caller');
  expect(() => verifyMany(sum2Kes, items(own))).toThrow(own);
});
