import { keyAt, keyOf } from '@evolock/test-keys';
import { messages, seedOf, seeds, toyDsign } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DsignAlgorithm } from '../../src/index.js';
import { algorithms, evolving, freshAlgorithm, periodsOf } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

describe.each(algorithms)('$name', (algorithm) => {
  test('accepts the signature of each period at that period only', () => {
    using key = keyOf(algorithm, seedOf(4));
    const root = key.deriveVerificationKey();
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const signature = key.sign(message);
      for (const at of periodsOf(algorithm)) {
        const verdict = algorithm.verify(root, at, message, signature);
        if (verdict !== (at === period)) expect.fail(`signed at ${period}, ${verdict} at ${at}`);
      }
    }
  });

  test('rejects a wrong key and a wrong message at every period', () => {
    using key = keyOf(algorithm, seedOf(4));
    using other = keyOf(algorithm, seedOf(5));
    const root = key.deriveVerificationKey();
    const wrongRoot = other.deriveVerificationKey();
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const signature = key.sign(message);
      expect(algorithm.verify(root, period, message, signature)).toBe(true);
      expect(algorithm.verify(wrongRoot, period, message, signature)).toBe(false);
      expect(algorithm.verify(root, period, Uint8Array.of(1, 2), signature)).toBe(false);
    }
  });

  test('rejects a signature with any of its bytes changed', () => {
    using key = keyAt(algorithm, seedOf(4), Math.floor(algorithm.totalPeriods / 3));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    for (let place = 0; place < signature.byteLength; place += 1) {
      const changed = signature.slice();
      changed[place]! ^= 0x10;
      expect(algorithm.verify(root, key.period, message, changed), `byte ${place}`).toBe(false);
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

test('verify returns a boolean for any bytes of the right lengths at any integer', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const cases = fc
    .constantFrom(...algorithms)
    .chain((algorithm) => fc.tuple(fc.constant(algorithm), bytes(algorithm.signatureSize)));
  const periods = fc.oneof(
    fc.nat({ max: 130 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(-0, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, 1e300, -1e300, Number.MAX_VALUE),
  );
  fc.assert(
    fc.property(
      cases,
      bytes(32),
      periods,
      messages,
      ([algorithm, signature], root, period, text) => {
        expect(algorithm.verify(root, period, text, signature)).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});

test('verify returns a boolean for any bytes of any length at any integer', () => {
  const bytes = fc.uint8Array({ maxLength: 600 });
  fc.assert(
    fc.property(
      fc.constantFrom(...algorithms),
      bytes,
      fc.maxSafeInteger(),
      bytes,
      bytes,
      (algorithm, root, period, text, signature) => {
        expect(algorithm.verify(root, period, text, signature)).toBe(false);
      },
    ),
  );
});

// At depth 1 and period 0 the two variants have one signature: leaf signature, left key, right key.
test('a signature of depth 2 or more is accepted by its own algorithm only', () => {
  const cases = fc
    .constantFrom(...evolving.filter(({ depth }) => depth >= 2 && depth <= 4))
    .chain((algorithm) =>
      fc.tuple(fc.constant(algorithm), fc.nat({ max: algorithm.totalPeriods - 1 })),
    );
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

test('verification keeps no state between calls', () => {
  for (const algorithm of evolving) {
    using key = keyOf(algorithm, seedOf(4));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    expect(algorithm.verify(root, 0, message, signature)).toBe(true);
    expect(algorithm.verify(root, 0, message, new Uint8Array(signature.byteLength))).toBe(false);
    expect(algorithm.verify(root, 0, message, signature)).toBe(true);
    signature.fill(0);
    expect(algorithm.verify(root, 0, message, signature)).toBe(false);
  }
});

/** The toy scheme with longer signatures and verification keys: the bytes after them are not aligned to words. */
function oddDsign(more: { key: number; signature: number }): DsignAlgorithm {
  const toy = toyDsign();
  const { leaf } = toy;
  const keyOfToy = (bytes: Uint8Array) => bytes.subarray(0, toy.verificationKeySize);
  const signatureOfToy = (bytes: Uint8Array) => bytes.subarray(0, toy.signatureSize);
  return {
    ...toy,
    name: 'odd',
    verificationKeySize: toy.verificationKeySize + more.key,
    signatureSize: toy.signatureSize + more.signature,
    leaf: {
      size: leaf.size,
      generate: (memory, verificationKey, seed) =>
        leaf.generate(memory, keyOfToy(verificationKey), seed),
      load: (memory, verificationKey, form) => leaf.load(memory, keyOfToy(verificationKey), form),
      sign: (signature, bytes, memory) => leaf.sign(signatureOfToy(signature), bytes, memory),
      verify: (signature, bytes, verificationKey) =>
        signature.subarray(toy.signatureSize).every((byte) => byte === 0) &&
        leaf.verify(signatureOfToy(signature), bytes, keyOfToy(verificationKey)),
    },
  };
}

test.each([
  ['sum', { key: 1, signature: 1 }],
  ['sum', { key: 0, signature: 1 }],
  ['sum', { key: 1, signature: 0 }],
  ['compact', { key: 1, signature: 1 }],
] as const)(
  'a %s over a leaf scheme of odd sizes rejects a change of any byte: %o',
  (variant, more) => {
    const algorithm = freshAlgorithm(variant, 3, oddDsign(more));
    using key = keyAt(algorithm, seedOf(4), 5);
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    for (const period of periodsOf(algorithm)) {
      expect(algorithm.verify(root, period, message, signature)).toBe(period === 5);
    }
    for (let place = 0; place < signature.byteLength; place += 1) {
      const changed = signature.slice();
      changed[place]! ^= 0x10;
      expect(algorithm.verify(root, 5, message, changed), `byte ${place}`).toBe(false);
    }
  },
);
