import { directDeserialiseFrom } from '@evolock/direct-serialise';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { errorOf } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { checkSeed, MAX_SEED_SIZE, MIN_SEED_SIZE, MLockedSeed } from '../src/index.js';
import { unsoundMemory } from '../src/unsound.js';
import { contentOf, lockedOf, seedBytes } from './support/seeds.js';

const sizes = Array.from({ length: 49 }, (_, index) => index + 16);

const VALUE = 'ERR_EVOLOCK_ARGUMENT_VALUE';
const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';

const makers: [string, (size: number) => { release?(): void }][] = [
  ['newZeroed', (size) => MLockedSeed.newZeroed(size)],
  ['newRandom', (size) => MLockedSeed.newRandom(size)],
  ['type', (size) => MLockedSeed.type(size) as object],
];

test.each(makers)('%s takes 16 to 64 bytes', (_name, make) => {
  expect([MIN_SEED_SIZE, MAX_SEED_SIZE]).toEqual([16, 64]);
  for (const size of sizes) make(size).release?.();
  for (const size of [-1, 0, 1, 15, 65, 2 ** 32 + 32]) {
    expect(errorOf(() => make(size))).toMatchObject({ code: VALUE, argument: 'size' });
  }
  expect(errorOf(() => make(32.5))).toMatchObject({ code: TYPE, argument: 'size' });
});

test('fromBytes takes 16 to 64 bytes, and zeroes them', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const given = new Uint8Array(bytes);
      using seed = MLockedSeed.fromBytes(given);
      expect(seed.size).toBe(bytes.length);
      expect(contentOf(seed)).toEqual(new Uint8Array(bytes));
      expect(given.every((byte) => byte === 0)).toBe(true);
    }),
  );
  for (const size of [0, 1, 15, 65, 100]) {
    const given = new Uint8Array(size).fill(7);
    const error = errorOf(() => MLockedSeed.fromBytes(given));
    expect(error).toMatchObject({ code: VALUE, argument: 'bytes.byteLength' });
    expect(given.every((byte) => byte === 7)).toBe(true);
  }
});

test('a new seed is zero, a random one is not in any part, and two random ones differ', () => {
  for (const size of sizes) {
    using zero = MLockedSeed.newZeroed(size);
    using first = MLockedSeed.newRandom(size);
    using second = MLockedSeed.newRandom(size);
    expect(contentOf(zero)).toEqual(new Uint8Array(size));
    // The chance that 16 bytes are equal is 1 in 2^128.
    expect(first.equals(zero)).toBe(false);
    expect(first.equals(second)).toBe(false);
    // Each byte is random: the chance that sixteen draws have a zero there is 1 in 2^128.
    const drawn = Array.from({ length: 16 }, () => {
      using seed = MLockedSeed.newRandom(size);
      return contentOf(seed);
    });
    for (let place = 0; place < size; place += 1) {
      expect(drawn.some((bytes) => bytes[place] !== 0)).toBe(true);
    }
  }
});

test('a clone has the same content and its own memory', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const seed = lockedOf(bytes);
      using clone = seed.clone();
      expect(clone.size).toBe(seed.size);
      expect(clone.equals(seed)).toBe(true);
      unsoundMemory(seed).fill(0);
      seed.release();
      expect(contentOf(clone)).toEqual(new Uint8Array(bytes));
    }),
  );
});

test('equals agrees with a plain comparison', () => {
  const pairs = fc.oneof(
    fc.tuple(seedBytes, seedBytes),
    fc.tuple(seedBytes, fc.nat(), fc.nat(255)).map(([bytes, where, flip]) => {
      const other = new Uint8Array(bytes);
      other[where % other.length]! ^= flip;
      return [bytes, other] as const;
    }),
  );
  fc.assert(
    fc.property(pairs, ([first, second]) => {
      using left = lockedOf(first);
      using right = lockedOf(second);
      expect(left.equals(right)).toBe(Buffer.compare(first, second) === 0);
      expect(left.equals(left)).toBe(true);
    }),
  );
});

test('a seed is written in one block, the memory itself, and read back', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      using seed = lockedOf(bytes);
      const blocks: Uint8Array[] = [];
      seed.directSerialise((block) => blocks.push(block));
      expect(blocks).toHaveLength(1);
      expect(blocks[0]).toBe(unsoundMemory(seed));
      const read = (offset: number, block: Uint8Array) => {
        block.set(bytes.subarray(offset, offset + block.length));
      };
      const [value, count] = directDeserialiseFrom(read, 64, MLockedSeed.type(bytes.length));
      using back = value;
      expect(count).toBe(bytes.length);
      expect(back).toBeInstanceOf(MLockedSeed);
      expect(back.equals(seed)).toBe(true);
    }),
  );
});

test('checkSeed requires a seed, of the given size', () => {
  using seed = MLockedSeed.newRandom(32);
  using bytes = MLockedBytes.newZeroed(32);
  for (const wrong of [undefined, new Uint8Array(32), bytes]) {
    expect(errorOf(() => checkSeed('seed', wrong))).toMatchObject({ code: TYPE, argument: 'seed' });
  }
  expect([checkSeed('seed', seed), checkSeed('seed', seed, 32)]).toEqual([seed, seed]);
  const check = () => checkSeed('seed', seed, 64);
  expect(errorOf(check)).toMatchObject({ code: VALUE, argument: 'seed' });
});

// The compiler checks the types.
test('the size of a seed is part of its type', () => {
  using seed = MLockedSeed.newRandom(32);
  using other = MLockedSeed.newZeroed(64);
  using clone = seed.clone();
  using read = MLockedSeed.type(16).directDeserialise(() => {});
  using unknown = MLockedSeed.fromBytes(new Uint8Array(20));
  const { left, right } = read.expand();
  expectTypeOf(seed).toEqualTypeOf<MLockedSeed<32>>();
  expectTypeOf(seed.size).toEqualTypeOf<32>();
  expectTypeOf(other).not.toExtend<MLockedSeed<32>>();
  expectTypeOf(clone).toEqualTypeOf<MLockedSeed<32>>();
  expectTypeOf(read).toEqualTypeOf<MLockedSeed<16>>();
  expectTypeOf(unknown).toEqualTypeOf<MLockedSeed>();
  expectTypeOf(left).toEqualTypeOf<MLockedSeed<32>>();
  expectTypeOf(right).toEqualTypeOf<MLockedSeed<32>>();
  const takes = (given: MLockedSeed<32>) => given.size;
  // @ts-expect-error 64 bytes are not 32
  expect([takes(seed), takes(other)]).toEqual([32, 64]);
  // @ts-expect-error only bytes make a seed
  expect(() => MLockedSeed.fromBytes('a seed of text, of 32 characters')).toThrow();
  for (const child of [left, right]) child.release();
});
