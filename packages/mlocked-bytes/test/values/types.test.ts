import { expect, expectTypeOf, test } from 'vitest';
import { MLockedBytes, MLockedSizedBytes, withMLockedBytes } from '../../src/index.js';

// The compiler checks these statements: `npm run typecheck`.

test('the length is part of the type of sized bytes', () => {
  using seed = MLockedSizedBytes.newZeroed(32);
  using key = MLockedSizedBytes.newZeroed(64);
  expectTypeOf(seed).toEqualTypeOf<MLockedSizedBytes<32>>();
  expectTypeOf(seed.size).toEqualTypeOf<32>();
  using clone = seed.clone();
  expectTypeOf(clone).toEqualTypeOf<MLockedSizedBytes<32>>();
  expectTypeOf(key).not.toExtend<MLockedSizedBytes<32>>();
  expectTypeOf(seed).toExtend<MLockedBytes>();

  const takesSeed = (bytes: MLockedSizedBytes<32>) => bytes.size;
  expect(takesSeed(seed)).toBe(32);
  // @ts-expect-error a key is not a seed
  expect(takesSeed(key)).toBe(64);
  // @ts-expect-error sizes differ
  expect(() => seed.copyAll(key)).toThrow();
});

test('the requested size is part of the type', () => {
  using sized = MLockedSizedBytes.fromBytes(new Uint8Array(32), { size: 32 });
  using unsized = MLockedSizedBytes.fromBytes(new Uint8Array(32));
  expectTypeOf(sized).toEqualTypeOf<MLockedSizedBytes<32>>();
  expectTypeOf(unsized).toEqualTypeOf<MLockedSizedBytes<number>>();
  // @ts-expect-error bytes of any length are not 32 bytes
  const seed: MLockedSizedBytes<32> = unsized;
  expect(seed.size).toBe(32);
});

test('a type reads sized bytes', () => {
  using seed = MLockedSizedBytes.type(32).directDeserialise(() => {});
  expectTypeOf(seed).toEqualTypeOf<MLockedSizedBytes<32>>();
  using bytes = MLockedBytes.type(32).directDeserialise(() => {});
  expectTypeOf(bytes).toEqualTypeOf<MLockedBytes>();
});

test('locked bytes are not a Uint8Array', () => {
  expectTypeOf<MLockedBytes>().not.toExtend<Uint8Array>();
  expectTypeOf<Uint8Array>().not.toExtend<MLockedBytes>();
});

test('lending returns the type of the callback', () => {
  using bytes = MLockedBytes.newZeroed(32);
  expectTypeOf(bytes.withBytes((view) => view[0])).toEqualTypeOf<number | undefined>();
  expectTypeOf(withMLockedBytes(32, () => 'text')).toEqualTypeOf<string>();
});
