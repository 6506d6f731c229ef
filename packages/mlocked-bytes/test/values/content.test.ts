import fc from 'fast-check';
import { codeOf } from '@evolock/test-support';
import { afterEach, expect, test } from 'vitest';
import { MLockedBytes } from '../../src/index.js';
import { contentOf, fill } from '../support/bytes.js';

const owned: { release(): void }[] = [];

function own<T extends { release(): void }>(value: T): T {
  owned.push(value);
  return value;
}

afterEach(() => {
  for (const value of owned.splice(0)) value.release();
});

const content = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

test('new locked bytes are zero, whatever their memory contained before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), (size) => {
      const before = MLockedBytes.newZeroed(size);
      fill(before, 0xee);
      before.release();
      const bytes = MLockedBytes.newZeroed(size);
      expect(bytes.size).toBe(size);
      expect(contentOf(bytes)).toEqual(Array<number>(size).fill(0));
      bytes.release();
    }),
  );
});

test('fromBytes copies the bytes and zeroes the given ones', () => {
  fc.assert(
    fc.property(content, (source) => {
      const given = new Uint8Array(source);
      const bytes = MLockedBytes.fromBytes(given);
      expect(contentOf(bytes)).toEqual([...source]);
      expect(given.every((byte) => byte === 0)).toBe(true);
      expect(bytes.size).toBe(source.byteLength);
      bytes.release();
    }),
  );
});

test('fromBytes zeroes only the given bytes', () => {
  const whole = new Uint8Array(20).fill(7);
  own(MLockedBytes.fromBytes(whole.subarray(5, 15)));
  expect([...whole]).toEqual([...Array(5).fill(7), ...Array(10).fill(0), ...Array(5).fill(7)]);
});

test('zero overwrites all of the bytes', () => {
  const bytes = own(MLockedBytes.fromBytes(new Uint8Array(100).fill(7)));
  bytes.zero();
  expect(contentOf(bytes)).toEqual(Array<number>(100).fill(0));
});

test('a clone has the same content and its own memory', () => {
  fc.assert(
    fc.property(content, (source) => {
      const original = MLockedBytes.fromBytes(new Uint8Array(source));
      const clone = original.clone();
      expect(clone).toBeInstanceOf(MLockedBytes);
      expect(contentOf(clone)).toEqual([...source]);
      original.zero();
      expect(contentOf(clone)).toEqual([...source]);
      original.release();
      expect(contentOf(clone)).toEqual([...source]);
      clone.release();
    }),
  );
});

test('copyFrom copies to an offset, like set', () => {
  fc.assert(
    fc.property(content, content, fc.nat(), (first, second, anywhere) => {
      const [target, source] = first.length < second.length ? [second, first] : [first, second];
      const offset = anywhere % (target.length - source.length + 1);
      const expected = new Uint8Array(target);
      expected.set(source, offset);
      const bytes = MLockedBytes.fromBytes(new Uint8Array(target));
      const other = MLockedBytes.fromBytes(new Uint8Array(source));
      bytes.copyFrom(other, offset);
      expect(contentOf(bytes)).toEqual([...expected]);
      expect(contentOf(other)).toEqual([...source]);
      bytes.release();
      other.release();
    }),
  );
});

test('copyFrom refuses bytes that do not fit, and copies none of them', () => {
  const bytes = own(MLockedBytes.newZeroed(10));
  const source = own(MLockedBytes.fromBytes(new Uint8Array(4).fill(7)));
  const larger = own(MLockedBytes.newZeroed(11));
  for (const offset of [7, 10, -1, 2 ** 32]) {
    expect(codeOf(() => bytes.copyFrom(source, offset))).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  }
  for (const offset of [0.5, NaN, '1', 1n, null]) {
    const copy = () => bytes.copyFrom(source, offset as number);
    expect(codeOf(copy)).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  }
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
  fc.assert(
    fc.property(fc.oneof(near, fc.tuple(content, content)), ([first, second]) => {
      const expected = Buffer.compare(first, second) === 0;
      const left = MLockedBytes.fromBytes(new Uint8Array(first));
      const right = MLockedBytes.fromBytes(new Uint8Array(second));
      expect(left.equals(right)).toBe(expected);
      expect(right.equals(left)).toBe(expected);
      expect(left.equals(left)).toBe(true);
      left.release();
      right.release();
    }),
  );
});

test('bytes of different sizes are not equal', () => {
  const bytes = own(MLockedBytes.newZeroed(32));
  expect(bytes.equals(own(MLockedBytes.newZeroed(33)))).toBe(false);
});
