import { blake2b } from '@noble/hashes/blake2.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blake2b256, CHILD_SEED_SIZE } from '../src/index.js';
import { copyCall, Expansion, expansionScratch, expansionSize } from '../src/unsound.js';
import { contentOf, lockedOf, seedBytes } from './support/seeds.js';

/** The two children by definition, with another implementation of Blake2b. */
function halvesOf(seed: Uint8Array): { left: Uint8Array; right: Uint8Array } {
  const half = (prefix: number) => blake2b(Uint8Array.of(prefix, ...seed), { dkLen: 32 });
  return { left: half(0x01), right: half(0x02) };
}

/** Expansion in ordinary memory. */
function expand(bytes: Uint8Array): { left: Uint8Array; right: Uint8Array } {
  using seed = lockedOf(bytes);
  const { left, right } = seed.expand();
  const halves = { left: contentOf(left), right: contentOf(right) };
  for (const each of [left, right]) each.release();
  return halves;
}

test('seeds of any sizes, one after the other, expand as with another implementation', () => {
  fc.assert(
    fc.property(fc.array(seedBytes, { minLength: 1, maxLength: 6 }), (all) => {
      for (const bytes of all) expect(expand(bytes)).toEqual(halvesOf(bytes));
    }),
  );
});

test('an expansion does not change the seed, and the children outlive it and each other', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const seed = lockedOf(bytes);
      const { left, right } = seed.expand();
      expect(contentOf(seed)).toEqual(new Uint8Array(bytes));
      seed.release();
      expect(contentOf(left)).toEqual(halvesOf(bytes).left);
      left.release();
      expect(contentOf(right)).toEqual(halvesOf(bytes).right);
      right.release();
    }),
  );
});

test('a path of expansions in place equals the same path with a seed for each', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, fc.array(fc.boolean(), { maxLength: 8 }), (root, path) => {
      const scratch = expansionScratch(expansionSize(32));
      const part = scratch.part(expansionSize(32));
      const current = new Expansion(part);
      const right = new Uint8Array(CHILD_SEED_SIZE);
      const last = new Uint8Array(CHILD_SEED_SIZE);
      const calls = path.flatMap((goesRight) => [
        ...current.toTheLeft(right),
        ...(goesRight ? current.take(right) : []),
      ]);
      const all = [...current.take(root), ...calls, copyCall(last, current.seed)];
      scratch.use(() => scratch.run(scratch.prepare(all)));
      expect(part.every((byte) => byte === 0)).toBe(true);
      const expected = path.reduce((parent: Uint8Array, goesRight) => {
        const halves = halvesOf(parent);
        return goesRight ? halves.right : halves.left;
      }, root);
      expect(last).toEqual(new Uint8Array(expected));
    }),
    { numRuns: 50 },
  );
});

test('Blake2b-256 equals another implementation', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_000 }), (input) => {
      expect(blake2b256(input)).toEqual(blake2b(new Uint8Array(input), { dkLen: 32 }));
    }),
  );
});
