import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
  pullWhole,
  pushWhole,
  SizeCheckError,
  type DirectDeserialise,
  type DirectSerialise,
  type Push,
} from '../src/index.js';

function blocksOf(image: Uint8Array, size: number): Uint8Array[] {
  const blocks = [];
  for (let offset = 0; offset < image.byteLength; offset += size) {
    blocks.push(image.subarray(offset, offset + size));
  }
  return blocks;
}

/** A value of many blocks, which pushes them at once if it can. */
function value(image: Uint8Array, size: number, atOnce = pushWhole): DirectSerialise {
  return {
    directSerialise(push) {
      if (!atOnce(push, image)) for (const block of blocksOf(image, size)) push(block);
    },
  };
}

function type(total: number, size: number, atOnce = pullWhole): DirectDeserialise<Uint8Array> {
  return {
    directDeserialise(pull) {
      const image = new Uint8Array(total);
      if (!atOnce(pull, image)) for (const block of blocksOf(image, size)) pull(block);
      return image;
    },
  };
}

const never = () => false;
const outcome = (use: () => unknown): unknown => {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof SizeCheckError)) throw error;
    const { code, message, expected, actual } = error;
    return { code, message, expected, actual };
  }
};

const cases = fc.record({
  image: fc.uint8Array({ minLength: 1, maxLength: 100 }),
  size: fc.integer({ min: 1, max: 40 }),
  room: fc.integer({ min: 0, max: 120 }),
});

test('blocks at once and block by block have the same result, errors included', () => {
  fc.assert(
    fc.property(cases, ({ image, size, room }) => {
      for (const write of [directSerialiseBuf, directSerialiseBufChecked]) {
        const [one, other] = [new Uint8Array(room), new Uint8Array(room)];
        expect(outcome(() => write(one, value(image, size)))).toEqual(
          outcome(() => write(other, value(image, size, never))),
        );
        expect(one).toEqual(other);
      }
      for (const read of [directDeserialiseBuf, directDeserialiseBufChecked]) {
        expect(outcome(() => read<Uint8Array>(image, type(room, size)))).toEqual(
          outcome(() => read<Uint8Array>(image, type(room, size, never))),
        );
      }
    }),
  );
});

test('a write or a read of the caller gets every block', () => {
  const sizes: number[] = [];
  const image = new Uint8Array(10).fill(7);
  directSerialiseTo((_offset, block) => void sizes.push(block.byteLength), 10, value(image, 4));
  directDeserialiseFrom((_offset, block) => void sizes.push(block.byteLength), 10, type(10, 4));
  expect(sizes).toEqual([4, 4, 2, 4, 4, 2]);
});

test('a push moves many blocks until its own pass ends, if they fit', () => {
  const image = new Uint8Array(4).fill(7);
  const kept: Push[] = [];
  const keeping: DirectSerialise = {
    directSerialise(push) {
      kept.push(push);
      expect(pushWhole(push, image)).toBe(true);
      expect(pushWhole(push, image)).toBe(false);
    },
  };
  const buffer = new Uint8Array(7);
  expect(directSerialiseBuf(buffer, keeping)).toBe(4);
  expect([...buffer]).toEqual([7, 7, 7, 7, 0, 0, 0]);
  expect(pushWhole(kept[0]!, image)).toBe(false);
  expect(pullWhole(() => undefined, image)).toBe(false);
});

test('an error after blocks at once zeroes the buffer', () => {
  const buffer = new Uint8Array(8).fill(9);
  const failing: DirectSerialise = {
    directSerialise(push) {
      pushWhole(push, new Uint8Array(4).fill(7));
      throw new Error('broken pipe');
    },
  };
  expect(() => directSerialiseBuf(buffer, failing)).toThrow('broken pipe');
  expect([...buffer]).toEqual([0, 0, 0, 0, 9, 9, 9, 9]);
});
