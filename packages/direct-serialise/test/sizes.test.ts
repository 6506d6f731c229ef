/** What the helpers move: every block, in order, to its place, and nothing past the end. */
import fc from 'fast-check';
import { codeOf, errorOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { directDeserialiseFrom, directSerialiseTo } from '../src/index.js';
import {
  Canvas,
  checkedDeserialisers,
  checkedSerialisers,
  deserialisers,
  readerOf,
  serialisers,
} from './support/helpers.js';
import { anyBlocks, sizeOf, sizesOf, someBlocks, typeOf, valueOf } from './support/values.js';

const sizeError = (expected: number, actual: number) => ({
  name: 'SizeCheckError',
  code: 'ERR_EVOLOCK_SIZE_CHECK',
  expected,
  actual,
});

function expectZeroed(canvas: Canvas, size: number): void {
  expect(canvas.inside.subarray(0, size).every((byte) => byte === 0)).toBe(true);
  expect(canvas.untouchedFrom(size)).toBe(true);
}

describe('a value that fits', () => {
  test.each(serialisers)('$name writes the blocks one after the other', ({ checked, run }) => {
    fc.assert(
      fc.property(anyBlocks, fc.nat(50), (blocks, room) => {
        const size = sizeOf(blocks);
        const canvas = new Canvas(checked ? size : size + room);
        expect(run(canvas, valueOf(blocks))).toBe(size);
        expect(Buffer.from(canvas.inside.subarray(0, size))).toEqual(Buffer.concat(blocks));
        expect(canvas.untouchedFrom(size)).toBe(true);
      }),
    );
  });

  test.each(deserialisers)('$name reads the blocks back', ({ checked, run }) => {
    fc.assert(
      fc.property(anyBlocks, fc.uint8Array({ maxLength: 50 }), (blocks, rest) => {
        const source = new Uint8Array(Buffer.concat(checked ? blocks : [...blocks, rest]));
        expect(run(source, typeOf(sizesOf(blocks)))).toEqual([blocks, sizeOf(blocks)]);
      }),
    );
  });

  test('a write or a read gets the block itself, at the sum of the sizes before it', () => {
    fc.assert(
      fc.property(anyBlocks, (blocks) => {
        const source = new Uint8Array(Buffer.concat(blocks));
        const [written, read]: [number, Uint8Array][][] = [[], []];
        directSerialiseTo((...call) => written!.push(call), source.length, valueOf(blocks));
        const noting = (offset: number, block: Uint8Array): void => {
          read!.push([offset, block]);
          readerOf(source)(offset, block);
        };
        const [value] = directDeserialiseFrom(noting, source.length, typeOf(sizesOf(blocks)));
        for (const [calls, memory] of [
          [written!, blocks],
          [read!, value],
        ] as const) {
          expect(calls.map(([at]) => at)).toEqual(blocks.map((_, n) => sizeOf(blocks.slice(0, n))));
          calls.forEach(([, block], index) => expect(block).toBe(memory[index]));
        }
      }),
    );
  });

  test.each(deserialisers)('$name passes the options on unchanged', ({ run }) => {
    const options = { allocator: {} };
    const type = { directDeserialise: (_pull: unknown, given?: object) => given };
    expect(run(new Uint8Array(0), type, options)).toEqual([options, 0]);
    expect(run(new Uint8Array(0), type)).toEqual([undefined, 0]);
  });
});

/** Blocks, and a size too small for them. */
const tooMuch = someBlocks.chain((blocks) =>
  fc.record({ blocks: fc.constant(blocks), size: fc.nat(sizeOf(blocks) - 1) }),
);

/** The first block that passes the end: what was moved before it, and the error. */
function overrun(blocks: readonly Uint8Array[], size: number) {
  const index = blocks.findIndex((_, number) => sizeOf(blocks.slice(0, number + 1)) > size);
  const done = sizeOf(blocks.slice(0, index));
  return { index, done, error: sizeError(size - done, blocks[index]!.byteLength) };
}

describe('a block that would pass the end', () => {
  test.each(serialisers)('$name writes nothing of it', ({ name, run }) => {
    fc.assert(
      fc.property(tooMuch, ({ blocks, size }) => {
        const { done, error } = overrun(blocks, size);
        const canvas = new Canvas(size);
        expect(errorOf(() => run(canvas, valueOf(blocks)))).toMatchObject(error);
        if (name.includes('Buf')) expectZeroed(canvas, done);
        else expect(canvas.untouchedFrom(done)).toBe(true);
      }),
    );
  });

  test.each(deserialisers)('$name does not fill it', ({ run }) => {
    fc.assert(
      fc.property(tooMuch, ({ blocks, size }) => {
        const { index, error } = overrun(blocks, size);
        const memory = blocks.map((block) => new Uint8Array(block.length).fill(7));
        const type = {
          directDeserialise: (pull: (block: Uint8Array) => void) => memory.forEach((m) => pull(m)),
        };
        expect(errorOf(() => run(new Uint8Array(size), type))).toMatchObject(error);
        expect(memory[index]!.every((byte) => byte === 7)).toBe(true);
      }),
    );
  });

  test('a write or a read from which the value moves again cannot move more than the size', () => {
    let move: (block: Uint8Array) => void;
    const moveOne = (given: (block: Uint8Array) => void) => {
      move = given;
      move(new Uint8Array(8));
    };
    const again = () => move(new Uint8Array(8));
    const value = { directSerialise: moveOne };
    expect(codeOf(() => directSerialiseTo(again, 8, value))).toBe('ERR_EVOLOCK_PROTOCOL');
    const type = { directDeserialise: moveOne };
    expect(codeOf(() => directDeserialiseFrom(again, 8, type))).toBe('ERR_EVOLOCK_PROTOCOL');
  });
});

const tooLittle = fc.record({ blocks: anyBlocks, missing: fc.integer({ min: 1, max: 50 }) });

/** A type that reads `size` bytes into a value that counts its disposals. */
function disposable(size: number, onDispose = () => {}) {
  const value = {
    disposed: 0,
    [Symbol.dispose]() {
      value.disposed += 1;
      onDispose();
    },
  };
  const type = {
    directDeserialise(pull: (block: Uint8Array) => void) {
      if (size > 0) pull(new Uint8Array(size));
      return value;
    },
  };
  return { value, type };
}

describe('a value that is too small', () => {
  test.each(checkedSerialisers)('is refused by $name', ({ name, run }) => {
    fc.assert(
      fc.property(tooLittle, ({ blocks, missing }) => {
        const size = sizeOf(blocks);
        const canvas = new Canvas(size + missing);
        const error = errorOf(() => run(canvas, valueOf(blocks)));
        expect(error).toMatchObject(sizeError(size + missing, size));
        if (name.includes('Buf')) expectZeroed(canvas, size);
      }),
    );
  });

  test.each(checkedDeserialisers)('is refused by $name, and disposed of once', ({ run }) => {
    fc.assert(
      fc.property(tooLittle, ({ blocks, missing }) => {
        const size = sizeOf(blocks);
        const error = errorOf(() => run(new Uint8Array(size + missing), typeOf(sizesOf(blocks))));
        expect(error).toMatchObject(sizeError(size + missing, size));
        expect(error).not.toHaveProperty('cause');
      }),
    );
    const cause = new Error('cannot be wiped');
    const fails = () => {
      throw cause;
    };
    for (const [size, onDispose] of [[0], [1], [7], [3, fails]] as const) {
      const { value, type } = disposable(size, onDispose);
      const error = errorOf(() => run(new Uint8Array(8), type));
      expect(error).toMatchObject(sizeError(8, size));
      // The error of a disposal is kept.
      expect(error.cause).toBe(onDispose && cause);
      expect(value.disposed).toBe(1);
    }
  });

  test.each(deserialisers)('but no other is disposed of by $name', ({ checked, run }) => {
    for (const size of checked ? [8] : [8, 3]) {
      const { value, type } = disposable(size);
      expect(run(new Uint8Array(8), type)).toEqual([value, size]);
      expect(value.disposed).toBe(0);
    }
  });
});

const failure = new Error('the value failed');

describe('a failure', () => {
  const failing = anyBlocks.chain((blocks) =>
    fc.record({ blocks: fc.constant(blocks), good: fc.nat(blocks.length), room: fc.nat(40) }),
  );

  test.each(serialisers)('$name throws the error of a failing value', ({ name, run }) => {
    fc.assert(
      fc.property(failing, ({ blocks, good, room }) => {
        const canvas = new Canvas(sizeOf(blocks) + room);
        const value = {
          directSerialise(push: (block: Uint8Array) => void) {
            for (const block of blocks.slice(0, good)) push(block);
            throw failure;
          },
        };
        expect(errorOf(() => run(canvas, value))).toBe(failure);
        if (name.includes('Buf')) expectZeroed(canvas, sizeOf(blocks.slice(0, good)));
      }),
    );
  });

  test.each(serialisers)('of a block is one of $name, although the value caught it', ({ run }) => {
    const value = {
      directSerialise: (push: (block: Uint8Array) => void) =>
        void errorOf(() => push(new Uint8Array(9))),
    };
    expect(errorOf(() => run(new Canvas(8), value))).toMatchObject(sizeError(8, 9));
  });

  test.each(deserialisers)(
    'of the type, and of a block that it caught, is one of $name',
    ({ run }) => {
      const { value, type } = disposable(9);
      const catching = {
        directDeserialise(pull: (block: Uint8Array) => void) {
          errorOf(() => type.directDeserialise(pull));
          return value;
        },
      };
      expect(errorOf(() => run(new Uint8Array(8), catching))).toMatchObject(sizeError(8, 9));
      expect(value.disposed).toBe(1);
      const failing = {
        directDeserialise() {
          throw failure;
        },
      };
      expect(errorOf(() => run(new Uint8Array(8), failing))).toBe(failure);
    },
  );

  test.each([0, 1, 2])('of a write or a read at block %i ends the pass', (failAt) => {
    const blocks = [1, 2, 3].map((size) => new Uint8Array(size));
    for (const move of [
      (each: () => void) => directSerialiseTo(each, 6, valueOf(blocks)),
      (each: () => void) => directDeserialiseFrom(each, 6, typeOf(sizesOf(blocks))),
    ]) {
      let calls = 0;
      const fail = () => {
        if (calls++ === failAt) throw failure;
      };
      expect(errorOf(() => move(fail))).toBe(failure);
      expect(calls).toBe(failAt + 1);
    }
  });
});
