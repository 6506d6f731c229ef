import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import fc from 'fast-check';
import { codeOf } from '@evolock/test-support';
import { expect, expectTypeOf, test } from 'vitest';
import { MLockedBytes, withMLockedBytes } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';
import { contentOf } from '../support/bytes.js';

const content = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

/** Locked bytes of a content, which is not changed. */
const lockedOf = (source: Uint8Array) => MLockedBytes.fromBytes(new Uint8Array(source));

test('fromBytes copies the bytes and zeroes the given ones, and no others', () => {
  fc.assert(
    fc.property(content, (source) => {
      const whole = Uint8Array.of(7, ...source, 7);
      using bytes = MLockedBytes.fromBytes(whole.subarray(1, -1));
      expect(contentOf(bytes)).toEqual([...source]);
      expect(whole).toEqual(Uint8Array.of(7, ...source.fill(0), 7));
    }),
  );
});

test('a clone has the same content and its own memory', () => {
  fc.assert(
    fc.property(content, (source) => {
      const original = lockedOf(source);
      using clone = original.clone();
      expect(clone).toBeInstanceOf(MLockedBytes);
      expect(contentOf(clone)).toEqual([...source]);
      original.zero();
      expect(contentOf(original)).toEqual(Array<number>(source.length).fill(0));
      expect(contentOf(clone)).toEqual([...source]);
      original.release();
      expect(contentOf(clone)).toEqual([...source]);
    }),
  );
});

test('copyFrom copies to an offset, like set', () => {
  fc.assert(
    fc.property(content, content, fc.nat(), (first, second, anywhere) => {
      const [target, source] = first.length < second.length ? [second, first] : [first, second];
      const offset = anywhere % (target.length - source.length + 1);
      using bytes = lockedOf(target);
      using other = lockedOf(source);
      bytes.copyFrom(other, offset);
      target.set(source, offset);
      expect(contentOf(bytes)).toEqual([...target]);
      expect(contentOf(other)).toEqual([...source]);
    }),
  );
});

test('copyFrom refuses bytes that do not fit, and copies none of them', () => {
  using bytes = MLockedBytes.newZeroed(10);
  using source = lockedOf(new Uint8Array(4).fill(7));
  using larger = MLockedBytes.newZeroed(11);
  for (const offset of [7, 10, -1, 2 ** 32]) {
    expect(codeOf(() => bytes.copyFrom(source, offset))).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  }
  expect(codeOf(() => bytes.copyFrom(source, 0.5))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  expect(codeOf(() => bytes.copyFrom(larger))).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  expect(contentOf(bytes)).toEqual(Array<number>(10).fill(0));
});

test('equals agrees with a plain comparison', () => {
  const near = fc
    .record({ source: content, flip: fc.nat(), bit: fc.integer({ min: 0, max: 255 }) })
    .map(({ source, flip, bit }) => {
      const other = new Uint8Array(source);
      other[flip % other.length]! ^= bit;
      return [source, other] as const;
    });
  const longer = content.map((source) => [source, Uint8Array.of(...source, 0)] as const);
  fc.assert(
    fc.property(fc.oneof(near, longer, fc.tuple(content, content)), ([first, second]) => {
      const expected = Buffer.compare(first, second) === 0;
      using left = lockedOf(first);
      using right = lockedOf(second);
      expect(left.equals(right)).toBe(expected);
      expect(right.equals(left)).toBe(expected);
      expect(left.equals(left)).toBe(true);
    }),
  );
});

test('locked bytes push one block, the memory itself, and are read from it', () => {
  fc.assert(
    fc.property(content, (source) => {
      using bytes = lockedOf(source);
      const blocks: Uint8Array[] = [];
      bytes.directSerialise((block) => blocks.push(block));
      expect(blocks).toHaveLength(1);
      expect(blocks[0]).toBe(unsoundMemory(bytes));
      // From locked to locked memory.
      using target = MLockedBytes.newZeroed(source.length);
      target.withBytes((view) => directSerialiseBufChecked(view, bytes));
      const type = MLockedBytes.type(source.length);
      using read = target.withBytes((view) => directDeserialiseBufChecked(view, type));
      expect(contentOf(read)).toEqual([...source]);
    }),
  );
});

// The compiler checks the types.
test('the length is part of the type of locked bytes, when it is known, and they are no Uint8Array', () => {
  using seed = MLockedBytes.newZeroed(32);
  using key = MLockedBytes.newZeroed(64);
  using clone = seed.clone();
  using read = MLockedBytes.type(32).directDeserialise(() => {});
  using unknown = MLockedBytes.fromBytes(new Uint8Array(32));
  for (const known of [seed, clone, read]) expectTypeOf(known).toEqualTypeOf<MLockedBytes<32>>();
  expectTypeOf(seed.size).toEqualTypeOf<32>();
  expectTypeOf(unknown).toEqualTypeOf<MLockedBytes>();
  const takesSeed = (bytes: MLockedBytes<32>) => bytes.size;
  expect(takesSeed(seed)).toBe(32);
  // @ts-expect-error a key is not a seed
  expect(takesSeed(key)).toBe(64);
  // @ts-expect-error bytes of any length are not 32 bytes
  expect(takesSeed(unknown)).toBe(32);
  expectTypeOf<MLockedBytes>().not.toExtend<Uint8Array>();
  expectTypeOf<Uint8Array>().not.toExtend<MLockedBytes>();
  expectTypeOf(seed.withBytes((view) => view[0])).toEqualTypeOf<number | undefined>();
  expectTypeOf(withMLockedBytes(32, () => 'text')).toEqualTypeOf<string>();
});
