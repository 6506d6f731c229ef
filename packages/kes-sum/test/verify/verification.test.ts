import { keyAt, keyOf } from '@evolock/test-keys';
import { messages, seedOf, seeds } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { algorithms, evolving, periodsOf } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

describe.each(algorithms)('$name', (algorithm) => {
  const { totalPeriods } = algorithm;

  test('accepts the signature of each period at that period, for its key and its message only', () => {
    using key = keyOf(algorithm, seedOf(4));
    using other = keyOf(algorithm, seedOf(5));
    const root = key.deriveVerificationKey();
    const wrongRoot = other.deriveVerificationKey();
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const signature = key.sign(message);
      for (const at of periodsOf(algorithm)) {
        const verdict = algorithm.verify(root, at, message, signature);
        if (verdict !== (at === period)) expect.fail(`signed at ${period}, ${verdict} at ${at}`);
      }
      expect(algorithm.verify(wrongRoot, period, message, signature)).toBe(false);
      expect(algorithm.verify(root, period, Uint8Array.of(1, 2), signature)).toBe(false);
    }
    const signature = key.sign(message);
    for (let place = 0; place < signature.byteLength; place += 1) {
      const changed = signature.with(place, signature[place]! ^ 0x10);
      expect(algorithm.verify(root, key.period, message, changed), `byte ${place}`).toBe(false);
    }
  });

  test('accepts a valid signature at no integer that is not a period', () => {
    using key = keyAt(algorithm, seedOf(4), totalPeriods - 1);
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    const past = [totalPeriods, totalPeriods + 1, 2 * totalPeriods - 1, 2 ** 31 - 1, 2 ** 31];
    const wrapped = [2 ** 32 - 1, 2 ** 32 + totalPeriods - 1, -1, -totalPeriods, 2 ** 53 - 1];
    for (const period of [...past, ...wrapped, 1e300]) {
      const verdict = algorithm.verify(root, period, message, signature);
      expect(verdict, `period ${period}`).toBe(period === totalPeriods - 1);
    }
  });

  test('is false for every wrong length of key and signature', () => {
    using key = keyOf(algorithm, seedOf(4));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    const resized = (bytes: Uint8Array, size: number) => {
      const copy = new Uint8Array(size);
      copy.set(bytes.subarray(0, size));
      return copy;
    };
    for (let size = 0; size <= algorithm.signatureSize + 70; size += 1) {
      const verdict = algorithm.verify(root, 0, message, resized(signature, size));
      expect(verdict, `${size} bytes`).toBe(size === algorithm.signatureSize);
    }
    for (let size = 0; size <= 100; size += 1) {
      const verdict = algorithm.verify(resized(root, size), 0, message, signature);
      expect(verdict, `${size} bytes`).toBe(size === 32);
    }
  });
});

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

// At depth 1 and period 0 the two variants have one signature: leaf signature, left key, right key.
test('a signature of depth 2 or more is accepted by its own algorithm only', () => {
  const cases = fc
    .constantFrom(...evolving.filter(({ depth }) => depth >= 2 && depth <= 4))
    .chain((algorithm) => fc.tuple(fc.constant(algorithm), fc.nat(algorithm.totalPeriods - 1)));
  fc.assert(
    fc.property(seeds, messages, cases, (seed, text, [algorithm, period]) => {
      using key = keyAt(algorithm, seed, period);
      const root = key.deriveVerificationKey();
      const signature = key.sign(text);
      for (const other of algorithms) {
        expect(other.verify(root, period, text, signature), other.name).toBe(other === algorithm);
      }
    }),
  );
});

test.each(evolving)('verification of $name keeps no state between calls', (algorithm) => {
  using key = keyOf(algorithm, seedOf(4));
  const root = key.deriveVerificationKey();
  const signature = key.sign(message);
  const zeros = new Uint8Array(signature.byteLength);
  const verdicts = [signature, zeros, signature].map((each) =>
    algorithm.verify(root, 0, message, each),
  );
  expect(verdicts).toEqual([true, false, true]);
  signature.fill(0);
  expect(algorithm.verify(root, 0, message, signature)).toBe(false);
});
