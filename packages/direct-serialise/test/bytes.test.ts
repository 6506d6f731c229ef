import fc from 'fast-check';
import { errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  directDeserialiseFrom,
  directSerialiseBuf,
  directSerialiseTo,
} from '../src/index.js';
import { checkBytes, isBytes } from '../src/arguments.js';
import { deserialisers, readerOf } from './support/helpers.js';
import { typeOf, valueOf } from './support/values.js';

class Subclass extends Uint8Array {}
class LyingSubclass extends Uint8Array {
  override get byteLength() {
    return wrongly(1_000_000);
  }
  override get buffer() {
    return wrongly(new ArrayBuffer(1));
  }
}

function detached(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

function resizable(): Uint8Array {
  return new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }));
}

const pretender = Object.create(Uint8Array.prototype, {
  byteLength: { value: 8 },
  buffer: { value: new ArrayBuffer(8) },
}) as Uint8Array;

const refused: [string, unknown][] = [
  ['a DataView', new DataView(new ArrayBuffer(8))],
  ['an ArrayBuffer', new ArrayBuffer(8)],
  ['shared memory', new Uint8Array(new SharedArrayBuffer(8))],
  ['a SharedArrayBuffer', new SharedArrayBuffer(8)],
  ['resizable memory', resizable()],
  ['detached memory', detached(8)],
  ['detached memory that was empty', detached(0)],
  ['a proxy of bytes', new Proxy(new Uint8Array(8), {})],
  ['an object that inherits from Uint8Array', pretender],
  ['clamped bytes', new Uint8ClampedArray(8)],
  ['signed bytes', new Int8Array(8)],
  ['wider integers', new Uint16Array(4)],
  ['floating point numbers', new Float64Array(1)],
  ['an array of numbers', [1, 2, 3]],
  ['an array-like', { length: 2, 0: 1, 1: 2, byteLength: 2 }],
];

describe.each(refused)('%s is refused', (_name, bytes) => {
  const expected = { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' };

  test('as a block to be written', () => {
    const error = errorOf(() => directSerialiseTo(() => {}, 64, valueOf([bytes as Uint8Array])));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ ...expected, argument: 'block' });
  });

  test('as a block to be read', () => {
    const type = {
      directDeserialise(pull: (block: Uint8Array) => void) {
        pull(bytes as Uint8Array);
      },
    };
    const read = readerOf(new Uint8Array(64));
    const error = errorOf(() => directDeserialiseFrom(read, 64, type));
    expect(error).toMatchObject({ ...expected, argument: 'block' });
  });

  test('as a destination', () => {
    const error = errorOf(() => directSerialiseBuf(bytes as Uint8Array, valueOf([])));
    expect(error).toMatchObject({ ...expected, argument: 'buffer' });
  });

  test('as a source', () => {
    for (const { name, run } of deserialisers.filter(({ name }) => name.includes('Buf'))) {
      const error = errorOf(() => run(bytes as Uint8Array, typeOf([])));
      expect({ name, code: error['code'], argument: error['argument'] }).toEqual({
        name,
        ...expected,
        argument: 'buffer',
      });
    }
  });

  test('with an error that names the kind', () => {
    expect(errorOf(() => checkBytes('given', bytes)).message).toMatch(/^given: expected /);
  });
});

test('a Buffer, a part of a larger one and an instance of a subclass are bytes', () => {
  const accepted = [
    Buffer.from('abc'),
    Buffer.allocUnsafe(3),
    new Uint8Array(9).subarray(3, 6),
    new Subclass(3),
    new Subclass(new ArrayBuffer(9), 3, 3),
  ];
  for (const bytes of accepted) {
    expect(isBytes(bytes)).toBe(true);
    bytes.set([1, 2, 3]);
    const target = new Uint8Array(3);
    expect(directSerialiseBuf(target, valueOf([bytes]))).toBe(3);
    expect([...target]).toEqual([1, 2, 3]);
    const source = Uint8Array.of(4, 5, 6);
    directDeserialiseFrom(readerOf(source), 3, {
      directDeserialise: (pull) => pull(bytes),
    });
    expect([...bytes]).toEqual([4, 5, 6]);
    directSerialiseBuf(bytes, valueOf([Uint8Array.of(7, 8)]));
    expect([...bytes]).toEqual([7, 8, 6]);
  }
});

/** Bytes with own properties that are wrong. */
const shadowed = fc
  .record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 32 }),
    lies: fc.record(
      {
        byteLength: fc.oneof(fc.nat(1_000), fc.constantFrom(-1, NaN, 2 ** 40, '8', undefined)),
        byteOffset: fc.oneof(fc.nat(1_000), fc.constantFrom(-1, NaN, 2 ** 40)),
        buffer: fc.constantFrom(new ArrayBuffer(1), new ArrayBuffer(4_096), undefined, 'buffer'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ bytes, lies }) => {
    const truth = [...bytes];
    for (const [property, value] of Object.entries(lies)) {
      Object.defineProperty(bytes, property, { value });
    }
    return { bytes, truth };
  });

test('a block that shadows its properties is bounded by its real length', () => {
  fc.assert(
    fc.property(shadowed, fc.nat(40), ({ bytes, truth }, size) => {
      const target = new Uint8Array(size + 64).fill(0xca);
      const destination = target.subarray(0, size);
      if (truth.length > size) {
        expect(errorOf(() => directSerialiseBuf(destination, valueOf([bytes])))).toMatchObject({
          code: 'ERR_EVOLOCK_SIZE_CHECK',
          expected: size,
          actual: truth.length,
        });
        expect(target.every((byte) => byte === 0xca)).toBe(true);
      } else {
        expect(directSerialiseBuf(destination, valueOf([bytes]))).toBe(truth.length);
        expect([...target.subarray(0, truth.length)]).toEqual(truth);
        expect(target.subarray(truth.length).every((byte) => byte === 0xca)).toBe(true);
      }
    }),
  );
});

test('a block that shadows its properties is passed on as a new view', () => {
  fc.assert(
    fc.property(shadowed, ({ bytes, truth }) => {
      directSerialiseTo(
        (_offset, block) => {
          expect(block.byteLength).toBe(truth.length);
          expect(block.buffer.byteLength).toBeGreaterThanOrEqual(truth.length);
          expect([...new Uint8Array(block.buffer, block.byteOffset, block.byteLength)]).toEqual(
            truth,
          );
        },
        64,
        valueOf([bytes]),
      );
    }),
  );
});

test('a destination that shadows its properties is bounded by its real length', () => {
  fc.assert(
    fc.property(shadowed, ({ bytes, truth }) => {
      const tooLarge = new Uint8Array(truth.length + 1).fill(7);
      expect(errorOf(() => directSerialiseBuf(bytes, valueOf([tooLarge])))).toMatchObject({
        expected: truth.length,
        actual: truth.length + 1,
      });
      const fits = new Uint8Array(truth.length).fill(7);
      expect(directSerialiseBuf(bytes, valueOf([fits]))).toBe(truth.length);
      for (let index = 0; index < truth.length; index += 1) expect(bytes[index]).toBe(7);
    }),
  );
});

test('getters of a subclass are not called', () => {
  const bytes = new LyingSubclass(3);
  const view = checkBytes('given', bytes, 3);
  expect(view.byteLength).toBe(3);
  view.set([1, 2, 3]);
  expect([bytes[0], bytes[1], bytes[2]]).toEqual([1, 2, 3]);
});

test('an exact size is compared with the real length', () => {
  expect(errorOf(() => checkBytes('given', new Uint8Array(31), 32))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
    argument: 'given',
    expected: '32 bytes',
  });
  const bytes = new Uint8Array(31);
  Object.defineProperty(bytes, 'byteLength', { value: 32 });
  expect(errorOf(() => checkBytes('given', bytes, 32))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
  });
});

test('bytes that shadow nothing are returned themselves', () => {
  const bytes = Buffer.alloc(3);
  expect(checkBytes('given', bytes)).toBe(bytes);
});
