import {
  anyVerification,
  goodVerifications,
  hostileVerifications,
  keyOf,
} from '@evolock/test-keys';
import { seedOf, toyDsign, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compactSum2Kes,
  sum0Kes,
  sum2Kes,
  sumKesOfDepth,
  verifyMany,
  type KesAlgorithm,
  type KesVerification,
} from '../../src/index.js';

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
  });

  test('a good item between two bad ones is true', () => {
    for (const worst of hostileVerifications) {
      const items = [worst, good[0], worst] as KesVerification[];
      expect(verifyMany(algorithm, items)).toEqual([false, true, false]);
    }
  });
});

test('takes items of any iterable one by one', () => {
  const good = goodItems(sum2Kes);
  let taken = 0;
  function* items() {
    for (const item of good) {
      taken += 1;
      yield item;
    }
  }
  expect(verifyMany(sum2Kes, new Set(good))).toEqual(good.map(() => true));
  expect(verifyMany(sum2Kes, items())).toEqual(good.map(() => true));
  expect(taken).toBe(good.length);
  expect(verifyMany(sum2Kes, [])).toEqual([]);
});

test('throws the error of the iteration', () => {
  const own = new Error('of the caller');
  function* items(): Generator<KesVerification> {
    yield* goodItems(sum2Kes);
    throw own;
  }
  expect(() => verifyMany(sum2Kes, items())).toThrow(own);
});

test('refuses a value that is not an algorithm and items that cannot be iterated', () => {
  for (const wrong of [undefined, null, {}, { verify: () => true }]) {
    expect(() => verifyMany(wrongly(wrong), [])).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' }),
    );
  }
  for (const wrong of [undefined, null, 7, 'text', {}, { length: 1 }]) {
    expect(() => verifyMany(sum2Kes, wrongly(wrong))).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'items' }),
    );
  }
});

test('a leaf scheme that throws makes its item false', () => {
  const base = toyDsign();
  const algorithm = sumKesOfDepth(
    {
      ...base,
      leaf: {
        ...base.leaf,
        verify: (signature, bytes, verificationKey) => {
          if (bytes.byteLength === 0) throw new Error('of the leaf scheme');
          return base.leaf.verify(signature, bytes, verificationKey);
        },
      },
    },
    1,
  ) as KesAlgorithm;
  using key = keyOf(algorithm, seedOf(6));
  const itemOf = (bytes: Uint8Array): KesVerification => ({
    verificationKey: key.deriveVerificationKey(),
    period: 0,
    message: bytes,
    signature: key.sign(bytes),
  });
  const empty = itemOf(new Uint8Array());
  expect(verifyMany(algorithm, [itemOf(message), empty, itemOf(message)])).toEqual([
    true,
    false,
    true,
  ]);
});
