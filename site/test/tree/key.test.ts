import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import { MLockedSeed, sumKesOfDepth } from '@evolock/kes-sum';
import { seedOf } from '@evolock/test-support';
import { blake2b } from '@noble/hashes/blake2.js';
import { describe, expect, test } from 'vitest';
import { drawingOf } from '../../src/tree/drawing.js';
import {
  evolved,
  halves,
  newKey,
  periodsWithin,
  released,
  type Key,
  type Node,
} from '../../src/tree/key.js';
import { levelsOf, signatureSize, verified } from '../../src/tree/signature.js';

const depths = [1, 2, 3, 4];

/** The key at each period. */
function life(depth: number): Key[] {
  const keys: Key[] = [];
  let step: ReturnType<typeof evolved> = newKey(depth);
  for (; step !== undefined; step = evolved(step.key)) keys.push(step.key);
  return keys;
}

/** The seed of a node, from the seed of the whole tree: half 1 is H(1 ‖ seed), half 2 is H(2 ‖ seed), Blake2b-256. */
function seedOfNode(root: Uint8Array, depth: number, node: Node): Uint8Array {
  let seed = root;
  let at: Node = { first: 0, height: depth };
  while (at.height > node.height) {
    const [left, right] = halves(at);
    const isLeft = node.first < right.first;
    seed = blake2b(Uint8Array.of(isLeft ? 1 : 2, ...seed), { dkLen: 32 });
    at = isLeft ? left : right;
  }
  return seed;
}

describe.each(depths)('the key of the page, at depth %i', (depth) => {
  test('holds at every period exactly the seeds that a key of kes-sum holds', () => {
    const root = seedOf(depth);
    // `fromBytes` erases its source.
    const seed = MLockedSeed.fromBytes(root.slice());
    const real = sumKesOfDepth(depth).generateKey(seed);
    const bytes = new Uint8Array(32 + 96 * depth);
    try {
      for (const { period, held } of life(depth)) {
        expect(real.period).toBe(period);
        directSerialiseBufChecked(bytes, real);
        // The leaf, then for each level the right seed, which is zero when it was used, and two public keys.
        const [leaf, ...rights] = held;
        expect(bytes.slice(0, 32)).toEqual(seedOfNode(root, depth, leaf!));
        for (let height = 0; height < depth; height += 1) {
          const right = rights.find((node) => node.height === height);
          const expected = right ? seedOfNode(root, depth, right) : new Uint8Array(32);
          expect(bytes.slice(32 + 96 * height, 64 + 96 * height)).toEqual(expected);
        }
        if (period! + 1 < 2 ** depth) real.update();
      }
    } finally {
      real.release();
      seed.release();
    }
  });

  test('lives for 2^depth periods, gives a thief those from the current one on, and holds nothing after its release', () => {
    const all = [...Array(2 ** depth).keys()];
    expect(life(depth).map(({ period }) => period)).toEqual(all);
    for (const key of life(depth)) {
      expect(periodsWithin(key.held)).toEqual(all.slice(key.period));
      const { key: gone, changes } = released(key);
      expect(gone.held).toEqual([]);
      expect(changes).toHaveLength(key.held.length);
      expect(evolved(gone)).toBeUndefined();
    }
  });
});

test.each([...depths, 6])(
  'the drawing at depth %i shows what is past, what is held and the path of any signature, and no node covers another',
  (depth) => {
    for (const key of [...life(depth), released(newKey(depth).key).key]) {
      const possible = new Set(periodsWithin(key.held));
      for (let period = 0; period <= (key.period ?? 2 ** depth - 1); period += 7) {
        const { nodes, width } = drawingOf(key, { depth, period });
        // Of a large tree only the nodes are drawn that matter.
        if (depth <= 4) expect(nodes).toHaveLength(2 ** (depth + 1) - 1);
        for (const { node, standing } of nodes) {
          const isPast = !periodsWithin([node]).some((one) => possible.has(one));
          expect(standing === 'past').toBe(isPast);
        }
        const shown = nodes.filter(({ standing }) => standing === 'current' || standing === 'held');
        expect(shown.map(({ node }) => node)).toEqual(expect.arrayContaining([...key.held]));
        expect(shown).toHaveLength(key.held.length);
        const pairs = levelsOf({ depth, period }).flatMap(({ left, right }) => [left, right]);
        const signed = nodes.filter(({ signed }) => signed !== undefined).slice(1);
        expect(signed.map(({ node }) => node)).toEqual(expect.arrayContaining(pairs));
        expect(signed).toHaveLength(pairs.length);
        // On a phone a character of 14 units has more than 8 pixels.
        expect(width).toBeLessThanOrEqual(520);
        const touching = nodes.filter((one, index) =>
          nodes.some(
            (other, at) =>
              at > index &&
              one.y === other.y &&
              Math.abs(one.x - other.x) < (one.width + other.width) / 2,
          ),
        );
        expect(touching).toEqual([]);
      }
    }
  },
);

test.each(depths)(
  'a signature of the page is valid when one of kes-sum is, and has its size, at depth %i',
  (depth) => {
    const algorithm = sumKesOfDepth(depth);
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
