import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { ed25519 } from '../src/index.js';
import { freshAlgorithm } from './algorithms.js';

const message = Uint8Array.of(1, 2, 3);

test('a leaf scheme is given plain views: what is written down in a view for hashes never leaves the package', () => {
  const seen: Uint8Array[] = [];
  // The types of its members are lost on the way; that of the whole is not.
  const watched = Object.fromEntries(
    Object.entries(ed25519.leaf).map(([name, member]: [string, unknown]) => {
      if (typeof member !== 'function') return [name, member];
      return [
        name,
        (...views: Uint8Array[]) => {
          seen.push(...views);
          return (member as (...views: Uint8Array[]) => unknown)(...views);
        },
      ];
    }),
  ) as unknown as typeof ed25519.leaf;
  for (const variant of ['sum', 'compact'] as const) {
    const algorithm = freshAlgorithm(variant, 3, { ...ed25519, leaf: watched });
    using key = keyOf(algorithm, seedOf(1));
    while (key.period + 1 < algorithm.totalPeriods) key.update();
    using read = keyFrom(algorithm, serialised(key));
    const signature = read.sign(message);
    expect(algorithm.verify(key.deriveVerificationKey(), key.period, message, signature)).toBe(
      true,
    );
  }
  expect(seen.length).toBeGreaterThan(100);
  for (const view of seen) {
    expect(view).toBeInstanceOf(Uint8Array);
    for (const place of ['buffer', 'byteOffset', 'byteLength']) {
      expect(Object.hasOwn(view, place)).toBe(false);
    }
  }
});
