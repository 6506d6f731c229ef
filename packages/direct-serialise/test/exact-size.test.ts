import fc from 'fast-check';
import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { SizeCheckError } from '../src/index.js';
import { Canvas, checkedDeserialisers, checkedSerialisers } from './support/helpers.js';
import { anyBlocks, sizeOf, typeOf, valueOf } from './support/values.js';

const tooLittle = fc.record({ blocks: anyBlocks, missing: fc.integer({ min: 1, max: 50 }) });

test.each(checkedSerialisers)('$name refuses a value that leaves room', ({ run }) => {
  fc.assert(
    fc.property(tooLittle, ({ blocks, missing }) => {
      const actual = sizeOf(blocks);
      const error = errorOf(() => run(new Canvas(actual + missing), valueOf(blocks)));
      expect(error).toBeInstanceOf(SizeCheckError);
      expect(error).toMatchObject({ expected: actual + missing, actual });
    }),
  );
});

test('directSerialiseBufChecked zeroes a value that leaves room, and does not change the room', () => {
  const { run } = checkedSerialisers.find(({ name }) => name.includes('Buf'))!;
  fc.assert(
    fc.property(tooLittle, ({ blocks, missing }) => {
      const size = sizeOf(blocks);
      const canvas = new Canvas(size + missing);
      errorOf(() => run(canvas, valueOf(blocks)));
      expect(canvas.inside.subarray(0, size).every((byte) => byte === 0)).toBe(true);
      expect(canvas.untouchedFrom(size)).toBe(true);
    }),
  );
});

test.each(checkedDeserialisers)('$name refuses a value that leaves bytes unread', ({ run }) => {
  fc.assert(
    fc.property(tooLittle, ({ blocks, missing }) => {
      const sizes = blocks.map((block) => block.byteLength);
      const actual = sizeOf(blocks);
      const error = errorOf(() => run(new Uint8Array(actual + missing), typeOf(sizes)));
      expect(error).toBeInstanceOf(SizeCheckError);
      expect(error).toMatchObject({ expected: actual + missing, actual });
    }),
  );
});
