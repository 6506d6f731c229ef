import { keyOf } from '@evolock/test-keys';
import { seedOf, toyDsign } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { freshAlgorithm } from './algorithms.js';

const [message, another] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];

test.each(['sum', 'compact'] as const)(
  'a leaf scheme that signs with another key once it has signed changes no signature: %s',
  (variant) => {
    let within: (() => void) | undefined;
    const plain = toyDsign();
    const meddling = {
      ...plain,
      leaf: {
        ...plain.leaf,
        sign(signature: Uint8Array, bytes: Uint8Array, leaf: Uint8Array) {
          plain.leaf.sign(signature, bytes, leaf);
          within?.();
        },
      },
    };
    const algorithm = freshAlgorithm(variant, 2, meddling);
    using key = keyOf(algorithm, seedOf(1));
    using other = keyOf(algorithm, seedOf(2));
    const expected = [key.sign(message), other.sign(another)];
    for (const nested of [key, other]) {
      let inner: Uint8Array | undefined;
      within = () => {
        within = undefined;
        inner = nested.sign(another);
      };
      expect(key.sign(message)).toEqual(expected[0]);
      expect(inner).toEqual(nested.sign(another));
    }
    expect(other.sign(another)).toEqual(expected[1]);
  },
);
