import { expect, expectTypeOf, test } from 'vitest';
import { MLockedBytes, withMLockedBytes } from '../../src/index.js';

// The compiler checks these statements: `npm run typecheck`.

test('the length is part of the type of locked bytes', () => {
  using seed = MLockedBytes.newZeroed(32);
  using key = MLockedBytes.newZeroed(64);
  expectTypeOf(seed).toEqualTypeOf<MLockedBytes<32>>();
  expectTypeOf(seed.size).toEqualTypeOf<32>();
  using clone = seed.clone();
  expectTypeOf(clone).toEqualTypeOf<MLockedBytes<32>>();
  expectTypeOf(key).not.toExtend<MLockedBytes<32>>();
  expectTypeOf(seed).toExtend<MLockedBytes>();
  const takesSeed = (bytes: MLockedBytes<32>) => bytes.size;
  expect(takesSeed(seed)).toBe(32);
  // @ts-expect-error a key is not a seed
  expect(takesSeed(key)).toBe(64);
  using read = MLockedBytes.type(32).directDeserialise(() => {});
  expectTypeOf(read).toEqualTypeOf<MLockedBytes<32>>();
});

test('a length that is known at run time is a number', () => {
  using bytes = MLockedBytes.fromBytes(new Uint8Array(32));
  expectTypeOf(bytes).toEqualTypeOf<MLockedBytes>();
  // @ts-expect-error bytes of any length are not 32 bytes
  const seed: MLockedBytes<32> = bytes;
  expect(seed.size).toBe(32);
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
