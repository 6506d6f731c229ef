import { expect, expectTypeOf, test } from 'vitest';
import { MLockedSeed } from '../src/index.js';

// The compiler checks these statements: `npm run typecheck`.

test('the size of a seed is part of its type', () => {
  using seed = MLockedSeed.newRandom(32);
  using other = MLockedSeed.newZeroed(64);
  using clone = seed.clone();
  using read = MLockedSeed.type(16).directDeserialise(() => {});
  expectTypeOf(seed).toEqualTypeOf<MLockedSeed<32>>();
  expectTypeOf(other).toEqualTypeOf<MLockedSeed<64>>();
  expectTypeOf(clone).toEqualTypeOf<MLockedSeed<32>>();
  expectTypeOf(read).toEqualTypeOf<MLockedSeed<16>>();
  expectTypeOf(seed.size).toEqualTypeOf<32>();
  expectTypeOf(other).not.toExtend<MLockedSeed<32>>();

  const takes = (given: MLockedSeed<32>) => given.size;
  expect(takes(seed)).toBe(32);
  // @ts-expect-error 64 bytes are not 32
  expect(takes(other)).toBe(64);
});

test('both children of a seed of any size are seeds of 32 bytes', () => {
  using seed = MLockedSeed.newRandom(16);
  const { left, right } = seed.expand();
  expectTypeOf(left).toEqualTypeOf<MLockedSeed<32>>();
  expectTypeOf(right).toEqualTypeOf<MLockedSeed<32>>();
  expect([left.size, right.size]).toEqual([32, 32]);
  left.release();
  right.release();
});

test('bytes of any length make a seed of some size', () => {
  using seed = MLockedSeed.fromBytes(new Uint8Array(20));
  expectTypeOf(seed).toEqualTypeOf<MLockedSeed>();
  // @ts-expect-error only bytes make a seed
  expect(() => MLockedSeed.fromBytes('a seed of text, of 32 characters')).toThrow();
});
