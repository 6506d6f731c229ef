import { keyOf } from '@evolock/test-keys';
import { messages, seeds } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { algorithms } from './signing-keys.js';

const few = { numRuns: 20 };

describe.each(algorithms)('$name', (algorithm) => {
  test('a proof verifies to its output, and the same message always has the same proof', () => {
    fc.assert(
      fc.property(seeds, messages, (seed, alpha) => {
        using key = keyOf(algorithm, seed);
        const proof = key.prove(alpha);
        const output = algorithm.verify(key.deriveVerificationKey(), alpha, proof);
        expect(output?.byteLength).toBe(algorithm.outputSize);
        expect(algorithm.outputOf(proof)).toEqual(output);
        expect(key.prove(alpha)).toEqual(proof);
      }),
      few,
    );
  });

  test('any bytes are judged, and no content throws', () => {
    const sized = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
    const key = sized(algorithm.verificationKeySize);
    const alpha = fc.uint8Array({ maxLength: 80 });
    const proof = sized(algorithm.proofSize);
    fc.assert(
      fc.property(key, alpha, proof, (verificationKey, message, bytes) => {
        expect(algorithm.verify(verificationKey, message, bytes)).toBeUndefined();
        algorithm.outputOf(bytes);
      }),
    );
  });

  test('a proof or a key of another size is refused', () => {
    using key = keyOf(algorithm, new Uint8Array(32).fill(1));
    const alpha = Uint8Array.of(1);
    const proof = key.prove(alpha);
    const verificationKey = key.deriveVerificationKey();
    for (let size = 0; size <= proof.length + 4; size += 1) {
      const resized = new Uint8Array(size);
      resized.set(proof.subarray(0, size));
      const output = algorithm.verify(verificationKey, alpha, resized);
      expect(output === undefined, `${size} bytes`).toBe(size !== proof.length);
      expect(algorithm.outputOf(resized)).toEqual(output);
    }
    for (const size of [0, 31, 33, 64])
      expect(algorithm.verify(new Uint8Array(size), alpha, proof)).toBeUndefined();
  });

  test.each([0, 1, 127, 128, 65_536, 4_194_304])('a message of %i bytes has a proof', (size) => {
    using key = keyOf(algorithm, new Uint8Array(32).fill(9));
    const alpha = new Uint8Array(size).fill(7);
    const proof = key.prove(alpha);
    expect(algorithm.verify(key.deriveVerificationKey(), alpha, proof)).toBeDefined();
    expect(alpha.every((byte) => byte === 7)).toBe(true);
  });

  test('every proof, output and verification key has its own memory', () => {
    using key = keyOf(algorithm, new Uint8Array(32).fill(9));
    const alpha = Uint8Array.of(1);
    const proof = key.prove(alpha);
    const output = algorithm.outputOf(proof);
    expect(proof.buffer.byteLength).toBe(algorithm.proofSize);
    expect(output?.buffer.byteLength).toBe(64);
    key.prove(alpha).fill(0);
    key.deriveVerificationKey().fill(0);
    output?.fill(0);
    expect(algorithm.verify(key.deriveVerificationKey(), alpha, proof)).toBeDefined();
  });
});
