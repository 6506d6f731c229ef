import { blake2b } from '@noble/hashes/blake2.js';
import { conformanceCases } from '@evolock/test-vectors';
import { errorOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blake2b256, CHILD_SEED_SIZE, MLockedSeed } from '../src/index.js';
import {
  copyCall,
  expansionCalls,
  expansionInputSize,
  expansionScratch,
  type NativeCall,
} from '../src/unsound.js';
import { contentOf, seedBytes } from './support/seeds.js';

/** The two children by definition, with another implementation of Blake2b. */
function halvesOf(seed: Uint8Array): { left: Uint8Array; right: Uint8Array } {
  const half = (prefix: number) => blake2b(Uint8Array.of(prefix, ...seed), { dkLen: 32 });
  return { left: half(0x01), right: half(0x02) };
}

/** Expansion in ordinary memory, as the runner of the vectors drives it. */
function expand(bytes: Uint8Array): { left: Uint8Array; right: Uint8Array } {
  const seed = MLockedSeed.fromBytes(new Uint8Array(bytes));
  const { left, right } = seed.expand();
  const halves = { left: contentOf(left), right: contentOf(right) };
  for (const each of [seed, left, right]) each.release();
  return halves;
}

for (const { group, name, run } of conformanceCases({ seed: { expand } })) {
  test(`${group}: ${name}`, run);
}

test('the vectors are not empty', () => {
  expect(conformanceCases({ seed: { expand } }).length).toBeGreaterThan(0);
});

test('a seed of any size expands as with another implementation', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      expect(expand(bytes)).toEqual(halvesOf(bytes));
    }),
  );
});

test('an expansion does not change the seed, and has the same result again', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const seed = MLockedSeed.fromBytes(new Uint8Array(bytes));
      const first = seed.expand();
      const second = seed.expand();
      expect(contentOf(seed)).toEqual(new Uint8Array(bytes));
      expect(first.left.equals(second.left)).toBe(true);
      expect(first.right.equals(second.right)).toBe(true);
      expect(first.left.equals(first.right)).toBe(false);
      for (const { left, right } of [first, second]) {
        left.release();
        right.release();
      }
      seed.release();
    }),
  );
});

test('the children outlive the seed and each other', () => {
  const bytes = new Uint8Array(32).fill(7);
  const seed = MLockedSeed.fromBytes(new Uint8Array(bytes));
  const { left, right } = seed.expand();
  seed.release();
  expect(contentOf(left)).toEqual(halvesOf(bytes).left);
  left.release();
  expect(contentOf(right)).toEqual(halvesOf(bytes).right);
  right.release();
});

test('expansions of different sizes, one after the other, do not mix', () => {
  fc.assert(
    fc.property(fc.array(seedBytes, { minLength: 2, maxLength: 6 }), (all) => {
      for (const bytes of all) expect(expand(bytes)).toEqual(halvesOf(bytes));
    }),
  );
});

/** Makes calls in scratch memory, which has room for the input of a seed of 32 bytes. */
function inScratch(callsFor: (input: Uint8Array) => NativeCall[]): void {
  const scratch = expansionScratch(expansionInputSize(32));
  const input = scratch.part(expansionInputSize(32));
  scratch.use(() => scratch.run(scratch.prepare(callsFor(input))));
  expect(input.every((byte) => byte === 0)).toBe(true);
}

test('a path of expansions in place equals the same path with a seed for each', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, fc.array(fc.boolean(), { maxLength: 8 }), (root, path) => {
      const [seed, right] = [new Uint8Array(root), new Uint8Array(CHILD_SEED_SIZE)];
      inScratch((input) =>
        path.flatMap((goesRight) => [
          // The left child replaces its seed.
          ...expansionCalls(input, seed, right, seed),
          ...(goesRight ? [copyCall(seed, right)] : []),
        ]),
      );
      const expected = path.reduce((parent: Uint8Array, goesRight) => {
        const halves = halvesOf(parent);
        return goesRight ? halves.right : halves.left;
      }, root);
      expect(seed).toEqual(new Uint8Array(expected));
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
  // RFC 7693 names the hash; this is the digest of nothing.
  expect(Buffer.from(blake2b256(new Uint8Array(0))).toString('hex')).toBe(
    '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
  );
});

test('Blake2b-256 requires bytes', () => {
  const detached = new Uint8Array(8);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  const view = new DataView(new ArrayBuffer(8));
  for (const wrong of [undefined, null, 'input', [1], {}, detached, shared, view]) {
    expect(errorOf(() => blake2b256(wrongly(wrong)))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'input',
    });
  }
});
