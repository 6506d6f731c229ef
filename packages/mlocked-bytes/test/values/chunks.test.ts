import fc from 'fast-check';
import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { MLockedBytes } from '../../src/index.js';
import { contentOf } from '../support/bytes.js';

const content = fc.uint8Array({ minLength: 1, maxLength: 200 });

test('a chunk is the requested part of its owner', () => {
  fc.assert(
    fc.property(content, fc.nat(), fc.nat(), (source, a, b) => {
      const offset = a % (source.length + 1);
      const length = b % (source.length - offset + 1);
      const bytes = MLockedBytes.fromBytes(new Uint8Array(source));
      const chunk = bytes.chunk(offset, length);
      expect([chunk.offset, chunk.size]).toEqual([offset, length]);
      expect(contentOf(chunk)).toEqual([...source.subarray(offset, offset + length)]);
      chunk.withBytes((view) => {
        view.fill(1);
      });
      const expected = new Uint8Array(source).fill(1, offset, offset + length);
      expect(contentOf(bytes)).toEqual([...expected]);
      chunk.zero();
      expect(contentOf(bytes)).toEqual([...expected.fill(0, offset, offset + length)]);
      bytes.release();
    }),
  );
});

test('a chunk beyond the end of its owner is refused', () => {
  const outside = fc
    .tuple(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 }))
    .filter(([offset, length]) => offset < 0 || length < 0 || offset + length > 100);
  fc.assert(
    fc.property(outside, ([offset, length]) => {
      const bytes = MLockedBytes.newZeroed(100);
      expect(errorOf(() => bytes.chunk(offset, length))).toMatchObject({
        code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
        argument: offset < 0 || offset > 100 ? 'offset' : 'length',
      });
      bytes.release();
    }),
  );
});

test('offset and length of a chunk are integers', () => {
  const bytes = MLockedBytes.newZeroed(100);
  for (const wrong of [0.5, NaN, Infinity, '1', 1n, undefined, null, {}]) {
    const type = 'ERR_EVOLOCK_ARGUMENT_TYPE';
    expect(errorOf(() => bytes.chunk(wrong as number, 1))).toMatchObject({
      code: type,
      argument: 'offset',
    });
    expect(errorOf(() => bytes.chunk(1, wrong as number))).toMatchObject({
      code: type,
      argument: 'length',
    });
  }
  bytes.release();
});

test('a chunk may be empty, also at the end', () => {
  const bytes = MLockedBytes.newZeroed(100);
  for (const offset of [0, 50, 100]) {
    const chunk = bytes.chunk(offset, 0);
    expect(contentOf(chunk)).toEqual([]);
    chunk.zero();
    bytes.copyFrom(chunk, 100);
  }
  bytes.release();
});

test('a released owner gives no chunk, and its chunks end with it', () => {
  const bytes = MLockedBytes.newZeroed(100);
  const other = MLockedBytes.newZeroed(100);
  const chunk = bytes.chunk(10, 20);
  bytes.release();
  for (const use of [
    () => bytes.chunk(0, 1),
    () => chunk.zero(),
    () => chunk.withBytes(() => 1),
    () => other.copyFrom(chunk),
    () => other.equals(chunk),
  ]) {
    expect(errorOf(use)).toMatchObject({ code: 'ERR_EVOLOCK_RELEASED' });
  }
  expect(String(chunk)).toContain('released');
  other.release();
});
