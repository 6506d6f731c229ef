import { keyOf } from '@evolock/test-keys';
import { messages, seedOf, seeds } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { algorithms } from './algorithms.js';

function flipped(bytes: Uint8Array, place: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[place % copy.length]! ^= 1 << bit;
  return copy;
}

describe.each(algorithms)('$name', (algorithm) => {
  test('accepts a signature, and none with a changed bit', () => {
    const bit = fc.nat({ max: 7 });
    fc.assert(
      fc.property(seeds, messages, fc.nat(), bit, (seed, message, place, which) => {
        using key = keyOf(algorithm, seed);
        const root = key.deriveVerificationKey();
        const signature = key.sign(message);
        expect(algorithm.verify(root, 0, message, signature)).toBe(true);
        expect(algorithm.verify(flipped(root, place, which), 0, message, signature)).toBe(false);
        expect(algorithm.verify(root, 0, message, flipped(signature, place, which))).toBe(false);
        expect(algorithm.verify(root, 0, Uint8Array.of(...message, 0), signature)).toBe(false);
      }),
    );
  });

  test('is false for every wrong length', () => {
    using key = keyOf(algorithm, seedOf(1));
    const message = Uint8Array.of(1);
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    const resized = (bytes: Uint8Array, size: number) => {
      const copy = new Uint8Array(size);
      copy.set(bytes.subarray(0, size));
      return copy;
    };
    for (let size = 0; size <= 2 * algorithm.signatureSize; size += 1) {
      expect(algorithm.verify(root, 0, message, resized(signature, size)), `${size} bytes`).toBe(
        size === algorithm.signatureSize,
      );
      expect(algorithm.verify(resized(root, size), 0, message, signature), `${size} bytes`).toBe(
        size === algorithm.verificationKeySize,
      );
    }
  });

  test('verify returns a boolean for any bytes at any integer', () => {
    const bytes = fc.uint8Array({ maxLength: 140 });
    const periods = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constant(0));
    fc.assert(
      fc.property(bytes, periods, bytes, bytes, (root, period, message, signature) => {
        expect(algorithm.verify(root, period, message, signature)).toBe(false);
      }),
    );
  });
});
