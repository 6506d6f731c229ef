import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directDeserialiseFrom, directSerialiseTo } from '../src/index.js';
import {
  Canvas,
  deserialisers,
  readerOf,
  serialisers,
  uncheckedDeserialisers,
  uncheckedSerialisers,
} from './support/helpers.js';
import { anyBlocks, sizeOf, typeOf, valueOf } from './support/values.js';

test.each(serialisers)('$name writes the blocks one after the other', ({ run }) => {
  fc.assert(
    fc.property(anyBlocks, (blocks) => {
      const canvas = new Canvas(sizeOf(blocks));
      expect(run(canvas, valueOf(blocks))).toBe(sizeOf(blocks));
      expect(Buffer.from(canvas.inside)).toEqual(Buffer.concat(blocks));
      expect(canvas.untouchedFrom(canvas.size)).toBe(true);
    }),
  );
});

test.each(deserialisers)('$name reads the blocks back', ({ run }) => {
  fc.assert(
    fc.property(anyBlocks, (blocks) => {
      const sizes = blocks.map((block) => block.byteLength);
      const [value, done] = run(new Uint8Array(Buffer.concat(blocks)), typeOf(sizes));
      expect(value).toEqual(blocks.map((block) => new Uint8Array(block)));
      expect(done).toBe(sizeOf(blocks));
    }),
  );
});

test.each(uncheckedSerialisers)('$name does not change the room after a value', ({ run }) => {
  fc.assert(
    fc.property(anyBlocks, fc.nat(50), (blocks, room) => {
      const size = sizeOf(blocks);
      const canvas = new Canvas(size + room);
      expect(run(canvas, valueOf(blocks))).toBe(size);
      expect(Buffer.from(canvas.inside.subarray(0, size))).toEqual(Buffer.concat(blocks));
      expect(canvas.untouchedFrom(size)).toBe(true);
    }),
  );
});

test.each(uncheckedDeserialisers)(
  '$name returns how much of a longer source it read',
  ({ run }) => {
    fc.assert(
      fc.property(anyBlocks, fc.uint8Array({ maxLength: 50 }), (blocks, rest) => {
        const sizes = blocks.map((block) => block.byteLength);
        const source = new Uint8Array(Buffer.concat([...blocks, rest]));
        expect(run(source, typeOf(sizes))).toEqual([
          blocks.map((block) => new Uint8Array(block)),
          sizeOf(blocks),
        ]);
      }),
    );
  },
);

test('a write gets the block itself, at the sum of the sizes before it', () => {
  fc.assert(
    fc.property(anyBlocks, (blocks) => {
      const calls: [number, Uint8Array][] = [];
      directSerialiseTo((...call) => calls.push(call), sizeOf(blocks), valueOf(blocks));
      let offset = 0;
      expect(calls).toHaveLength(blocks.length);
      calls.forEach(([at, block], index) => {
        expect(at).toBe(offset);
        expect(block).toBe(blocks[index]);
        offset += block.byteLength;
      });
    }),
  );
});

test('a read gets the memory to fill, at the sum of the sizes before it', () => {
  fc.assert(
    fc.property(anyBlocks, (blocks) => {
      const calls: [number, Uint8Array][] = [];
      const source = new Uint8Array(Buffer.concat(blocks));
      const read = (offset: number, block: Uint8Array) => {
        calls.push([offset, block]);
        readerOf(source)(offset, block);
      };
      const sizes = blocks.map((block) => block.byteLength);
      const [value] = directDeserialiseFrom(read, source.byteLength, typeOf(sizes));
      let offset = 0;
      expect(calls).toHaveLength(blocks.length);
      calls.forEach(([at, block], index) => {
        expect(at).toBe(offset);
        expect(block).toBe(value[index]);
        offset += block.byteLength;
      });
    }),
  );
});

test.each(deserialisers)('$name passes the options on unchanged', ({ run }) => {
  const options = { allocator: {} };
  let received: unknown;
  const type = {
    directDeserialise(_pull: unknown, given?: object) {
      received = given;
    },
  };
  run(new Uint8Array(0), type, options);
  expect(received).toBe(options);
  run(new Uint8Array(0), type);
  expect(received).toBeUndefined();
});
