import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { ed25519 } from '../src/index.js';
import { freshAlgorithm } from './algorithms.js';

const message = Uint8Array.of(1, 2, 3);

/** The leaf of Ed25519, which tells which views it was given. */
function watchedLeaf(seen: Uint8Array[]): typeof ed25519.leaf {
  // The types of its members are lost on the way; that of the whole is not.
  return Object.fromEntries(
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
}

function expectPlain(views: readonly Uint8Array[]): void {
  for (const view of views) {
    expect(view).toBeInstanceOf(Uint8Array);
    for (const place of ['buffer', 'byteOffset', 'byteLength']) {
      expect(Object.hasOwn(view, place)).toBe(false);
    }
  }
}

test('a leaf scheme is given plain views: what is written down in a view for hashes never leaves the package', () => {
  const seen: Uint8Array[] = [];
  const watched = watchedLeaf(seen);
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
  expectPlain(seen);
});

test.each(['written', 'looked up'])(
  'nor is one that takes the place of Ed25519 later: %s',
  (how) => {
    const seen: Uint8Array[] = [];
    const watched = watchedLeaf(seen);
    let leaf = ed25519.leaf;
    const scheme =
      how === 'written'
        ? { ...ed25519 }
        : Object.defineProperty({ ...ed25519 }, 'leaf', { get: () => leaf });
    for (const variant of ['sum', 'compact'] as const) {
      leaf = ed25519.leaf;
      if (how === 'written') Object.assign(scheme, { leaf });
      const algorithm = freshAlgorithm(variant, 2, scheme);
      using key = keyOf(algorithm, seedOf(1));
      leaf = watched;
      if (how === 'written') Object.assign(scheme, { leaf });
      key.update();
      key.sign(message);
      using read = keyFrom(algorithm, serialised(key));
      expect(read.period).toBe(1);
    }
    expectPlain(seen);
  },
);
