// What the native packages make, with the verdict and the output of kes-verify.
import { messages, seeds } from '@evolock/test-support';
import * as checker from '@evolock/kes-verify';
import { VRF_ALGORITHMS } from '@evolock/test-vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verificationKeyOf } from '../src/files/vrf.js';
import { extendedOf, native } from '../src/native.js';

/** A verification in JavaScript takes some milliseconds. */
const few = { numRuns: 15 };
const checkers = {
  PraosVRF: checker.praosVrf,
  PraosBatchCompatVRF: checker.praosBatchCompatVrf,
} as const;

describe.each(VRF_ALGORITHMS)('%s', (name) => {
  const [made, checked] = [native.vrf(name), checkers[name]];

  test('a proof of any seed and message is valid, with the output of the native package', () => {
    fc.assert(
      fc.property(seeds, messages, (seed, alpha) => {
        const proof = made.prove(seed, alpha);
        const output = checked.verify(made.deriveVerificationKey(seed), alpha, proof);
        expect(output).toBeDefined();
        expect(output).toEqual(made.outputOf(proof));
      }),
      few,
    );
  });

  test('a changed proof has one verdict and one output', () => {
    const place = fc.nat({ max: checked.proofSize - 1 });
    fc.assert(
      fc.property(seeds, messages, place, fc.nat({ max: 255 }), (seed, alpha, at, byte) => {
        const verificationKey = made.deriveVerificationKey(seed);
        const proof = made.prove(seed, alpha);
        proof[at] = byte;
        expect(checked.outputOf(proof)).toEqual(made.outputOf(proof));
        expect(checked.verify(verificationKey, alpha, proof)).toEqual(
          made.verify(verificationKey, alpha, proof),
        );
      }),
      few,
    );
  });
});

test('the signature of any extended key is valid', () => {
  const half = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(half, half, messages, (left, right, message) => {
      fc.pre(left.some((byte) => byte !== 0));
      const extendedKey = Uint8Array.from([...left, ...right]);
      const signature = extendedOf(verificationKeyOf).sign(extendedKey, message);
      expect(checker.ed25519.verify(verificationKeyOf(extendedKey), message, signature)).toBe(true);
    }),
    few,
  );
});
