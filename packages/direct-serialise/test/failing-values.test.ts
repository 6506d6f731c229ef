import fc from 'fast-check';
import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { directDeserialiseFrom, directSerialiseTo } from '../src/index.js';
import { bufferSerialisers, Canvas, deserialisers, serialisers } from './support/helpers.js';
import { anyBlocks, sizeOf, typeOf, valueOf } from './support/values.js';

/** Blocks, how many of them are pushed before the value fails, and the room after them. */
const failing = anyBlocks.chain((blocks) =>
  fc.record({ blocks: fc.constant(blocks), good: fc.nat(blocks.length), room: fc.nat(40) }),
);

const failure = new Error('the value failed');

function failingAfter(blocks: readonly Uint8Array[], good: number) {
  return {
    directSerialise(push: (block: Uint8Array) => void) {
      for (const block of blocks.slice(0, good)) push(block);
      throw failure;
    },
  };
}

test.each(bufferSerialisers)(
  '$name zeroes what a failing value has written, and no more',
  ({ run }) => {
    fc.assert(
      fc.property(failing, ({ blocks, good, room }) => {
        const canvas = new Canvas(sizeOf(blocks) + room);
        const reached = sizeOf(blocks.slice(0, good));
        expect(errorOf(() => run(canvas, failingAfter(blocks, good)))).toBe(failure);
        expect(canvas.inside.subarray(0, reached).every((byte) => byte === 0)).toBe(true);
        expect(canvas.untouchedFrom(reached)).toBe(true);
      }),
    );
  },
);

test.each(serialisers)('$name throws the error of a failing value', ({ run }) => {
  expect(errorOf(() => run(new Canvas(8), failingAfter([], 0)))).toBe(failure);
});

test.each(deserialisers)('$name throws the error of a failing type', ({ run }) => {
  const type = {
    directDeserialise() {
      throw failure;
    },
  };
  expect(errorOf(() => run(new Uint8Array(8), type))).toBe(failure);
});

test('a write that fails at any block ends the pass with its error', () => {
  const blocks = [1, 2, 3].map((size) => new Uint8Array(size));
  for (let failAt = 0; failAt < blocks.length; failAt += 1) {
    let calls = 0;
    const write = () => {
      if (calls++ === failAt) throw failure;
    };
    expect(errorOf(() => directSerialiseTo(write, 6, valueOf(blocks)))).toBe(failure);
    expect(calls).toBe(failAt + 1);
  }
});

test('a read that fails at any block ends the pass with its error', () => {
  for (let failAt = 0; failAt < 3; failAt += 1) {
    let calls = 0;
    const read = () => {
      if (calls++ === failAt) throw failure;
    };
    expect(errorOf(() => directDeserialiseFrom(read, 6, typeOf([1, 2, 3])))).toBe(failure);
    expect(calls).toBe(failAt + 1);
  }
});

test.each(bufferSerialisers)(
  '$name throws the error of a value that has detached its buffer',
  ({ run }) => {
    const canvas = new Canvas(8);
    const value = {
      directSerialise(push: (block: Uint8Array) => void) {
        push(Uint8Array.of(1, 2, 3));
        structuredClone(canvas.inside.buffer, { transfer: [canvas.inside.buffer as ArrayBuffer] });
        throw failure;
      },
    };
    expect(errorOf(() => run(canvas, value))).toBe(failure);
  },
);
