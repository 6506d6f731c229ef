import { keyOf } from '@evolock/test-keys';
import { seedOf, toyDsign } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { freshAlgorithm } from './algorithms.js';

const message = Uint8Array.of(1, 2, 3);

test.each(['sum', 'compact'] as const)(
  'a leaf scheme that verifies while it verifies changes no verdict: %s',
  (variant) => {
    let within: (() => void) | undefined;
    const algorithm = freshAlgorithm(
      variant,
      2,
      toyDsign((operation) => {
        if (operation === 'verify') within?.();
      }),
    );
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    const good = key.sign(message);
    const forged = good.slice() as typeof good;
    forged[0]! ^= 1;
    const verify = (signature: typeof good) => algorithm.verify(root, 0, message, signature);
    /** The verdict on one signature, while another is verified. */
    function verdicts(outer: typeof good, inner: typeof good): boolean[] {
      let innerVerdict: boolean | undefined;
      within = () => {
        within = undefined;
        innerVerdict = verify(inner);
      };
      return [verify(outer), innerVerdict!];
    }
    expect(verdicts(forged, good)).toEqual([false, true]);
    expect(verdicts(good, forged)).toEqual([true, false]);
    expect(verify(good)).toBe(true);
  },
);

test.each(['sum', 'compact'] as const)(
  'verification takes its memory once, and goes on with it after a leaf scheme verified within or threw: %s',
  (variant) => {
    const buffers = new Set<ArrayBufferLike>();
    let within: (() => void) | undefined;
    const toy = toyDsign();
    const algorithm = freshAlgorithm(variant, 2, {
      ...toy,
      leaf: {
        ...toy.leaf,
        verify(signature: Uint8Array, text: Uint8Array, verificationKey: Uint8Array) {
          within?.();
          buffers.add(signature.buffer);
          return toy.leaf.verify(signature, text, verificationKey);
        },
      },
    });
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    const verify = () => algorithm.verify(root, 0, message, signature);
    expect([verify(), verify(), buffers.size]).toEqual([true, true, 1]);
    within = () => {
      within = undefined;
      verify();
    };
    expect([verify(), buffers.size]).toEqual([true, 2]);
    within = () => {
      throw new Error('the leaf scheme failed');
    };
    expect(verify).toThrow('the leaf scheme failed');
    within = undefined;
    expect([verify(), buffers.size]).toEqual([true, 2]);
  },
);
