import fc from 'fast-check';
import { codeOf, errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { directDeserialiseFrom, directSerialiseTo, SizeCheckError } from '../src/index.js';
import { bufferSerialisers, Canvas, deserialisers, serialisers } from './support/helpers.js';
import { sizeOf, someBlocks, typeOf, valueOf } from './support/values.js';

/** Blocks, and a size too small for them. */
const tooMuch = someBlocks.chain((blocks) =>
  fc.record({ blocks: fc.constant(blocks), size: fc.nat(sizeOf(blocks) - 1) }),
);

/** The first block that passes the end: what remained before it, and its size. */
function overrun(blocks: readonly Uint8Array[], size: number) {
  let done = 0;
  for (const [index, block] of blocks.entries()) {
    if (done + block.byteLength > size) {
      return { index, done, expected: size - done, actual: block.byteLength };
    }
    done += block.byteLength;
  }
  throw new Error('the blocks fit');
}

test.each(serialisers)('$name stops before the block that would pass the end', ({ run }) => {
  fc.assert(
    fc.property(tooMuch, ({ blocks, size }) => {
      const { expected, actual } = overrun(blocks, size);
      const canvas = new Canvas(size);
      const error = errorOf(() => run(canvas, valueOf(blocks)));
      expect(error).toBeInstanceOf(SizeCheckError);
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_SIZE_CHECK', expected, actual });
      expect(canvas.untouchedFrom(size)).toBe(true);
    }),
  );
});

test.each(bufferSerialisers)('$name zeroes a value that does not fit', ({ run }) => {
  fc.assert(
    fc.property(tooMuch, ({ blocks, size }) => {
      const { done } = overrun(blocks, size);
      const canvas = new Canvas(size);
      errorOf(() => run(canvas, valueOf(blocks)));
      expect(canvas.inside.subarray(0, done).every((byte) => byte === 0)).toBe(true);
      expect(canvas.untouchedFrom(done)).toBe(true);
    }),
  );
});

test('a write is not called for the block that would pass the end', () => {
  fc.assert(
    fc.property(tooMuch, ({ blocks, size }) => {
      const written: Uint8Array[] = [];
      const write = (_offset: number, block: Uint8Array) => written.push(block);
      errorOf(() => directSerialiseTo(write, size, valueOf(blocks)));
      expect(written).toEqual(blocks.slice(0, overrun(blocks, size).index));
    }),
  );
});

test.each(deserialisers)('$name stops before the block that would pass the end', ({ run }) => {
  fc.assert(
    fc.property(tooMuch, ({ blocks, size }) => {
      const { expected, actual } = overrun(blocks, size);
      const sizes = blocks.map((block) => block.byteLength);
      const error = errorOf(() => run(new Uint8Array(size), typeOf(sizes)));
      expect(error).toBeInstanceOf(SizeCheckError);
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_SIZE_CHECK', expected, actual });
    }),
  );
});

test('a block that would pass the end of its source is not changed', () => {
  const block = new Uint8Array(5).fill(7);
  const source = new Uint8Array(4).fill(1);
  const type = {
    directDeserialise(pull: (block: Uint8Array) => void) {
      pull(block);
    },
  };
  for (const { run } of deserialisers) {
    expect(codeOf(() => run(source, type))).toBe('ERR_EVOLOCK_SIZE_CHECK');
    expect(block).toEqual(new Uint8Array(5).fill(7));
  }
});

test.each(serialisers)('$name accepts an empty block at the end', ({ run }) => {
  const blocks = [new Uint8Array(3), new Uint8Array(0)];
  expect(run(new Canvas(3), valueOf(blocks))).toBe(3);
});

test('a write from which the value pushes again cannot move more than the size', () => {
  let nested = false;
  let push: (block: Uint8Array) => void = () => {};
  const value = {
    directSerialise(given: (block: Uint8Array) => void) {
      push = given;
      push(new Uint8Array(8));
    },
  };
  const write = () => {
    if (nested) return;
    nested = true;
    push(new Uint8Array(8));
  };
  const moved = () => directSerialiseTo(write, 8, value);
  expect(codeOf(moved)).toMatch(/^ERR_EVOLOCK_(?:PROTOCOL|SIZE_CHECK)$/);
});

test('a read from which the type pulls again cannot move more than the size', () => {
  let nested = false;
  let pull: (block: Uint8Array) => void = () => {};
  const type = {
    directDeserialise(given: (block: Uint8Array) => void) {
      pull = given;
      pull(new Uint8Array(8));
    },
  };
  const read = () => {
    if (nested) return;
    nested = true;
    pull(new Uint8Array(8));
  };
  const moved = () => directDeserialiseFrom(read, 8, type);
  expect(codeOf(moved)).toMatch(/^ERR_EVOLOCK_(?:PROTOCOL|SIZE_CHECK)$/);
});
