import { ed25519, MLockedSeed, sumKesOfDepth } from '@evolock/kes-sum';
import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { signatureSize, verified } from '../../src/tree/signature.js';

test.each([1, 2, 3, 4])(
  'a signature of the page is valid when one of kes-sum is, and has its size, at depth %i',
  (depth) => {
    const algorithm = sumKesOfDepth(ed25519, depth);
    const message = new Uint8Array(3);
    const seed = MLockedSeed.fromBytes(seedOf(depth));
    const key = algorithm.generateKey(seed);
    const verificationKey = key.deriveVerificationKey();
    try {
      for (let made = 0; made < 2 ** depth; made += 1) {
        const real = key.sign(message);
        expect(signatureSize({ depth, period: made })).toBe(real.byteLength);
        for (let period = 0; period < 2 ** depth; period += 1) {
          const { valid } = verified({ depth, period: made }, period);
          expect(valid).toBe(algorithm.verify(verificationKey, period, message, real));
        }
        if (made + 1 < 2 ** depth) key.update();
      }
    } finally {
      key.release();
      seed.release();
    }
  },
);

test('a refusal names the place where the verification ends', () => {
  // Period 2 is the other leaf of the same pair, 4 is in the other half of the tree.
  expect(verified({ depth: 3, period: 3 }, 2)).toEqual({ valid: false, level: undefined });
  expect(verified({ depth: 3, period: 3 }, 4)).toMatchObject({
    valid: false,
    level: { node: { first: 0, height: 2 } },
  });
});
