/** The argument checks of all packages. */
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { directDeserialiseFrom, directSerialiseBuf, directSerialiseTo } from '../src/index.js';
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkMethod,
  checkOptions,
  isBytes,
} from '../src/arguments.js';
import { deserialisers, readerOf } from './support/helpers.js';
import { typeOf, valueOf } from './support/values.js';

const type = (argument: string) => ({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument });
const value = (argument: string) => ({ code: 'ERR_EVOLOCK_ARGUMENT_VALUE', argument });

test('an integer within its bounds is returned, and anything else refused', () => {
  const check = (given: unknown, minimum: number, maximum: number) =>
    checkInteger('n', given, minimum, maximum);
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer(), (given, a, b) => {
      const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
      if (given >= minimum && given <= maximum) expect(check(given, minimum, maximum)).toBe(given);
      else expect(errorOf(() => check(given, minimum, maximum))).toMatchObject(value('n'));
    }),
  );
  const others = fc.oneof(fc.double(), fc.anything()).filter((given) => !Number.isInteger(given));
  fc.assert(
    fc.property(others, (given) => {
      expect(errorOf(() => check(given, -Infinity, Infinity))).toMatchObject(type('n'));
    }),
  );
});

const run = () => {};

test.each([
  {
    what: 'a method is a property that can be called',
    check: (given: unknown) => checkMethod('value', given, 'run'),
    accepted: [{ run }, Object.assign(() => {}, { run }), Object.create({ run })],
    refused: [undefined, null, 'text', 7, {}, { run: 7 }, []],
  },
  {
    what: 'every kind of function is a function',
    check: (given: unknown) => checkFunction('value', given),
    accepted: [run, async () => {}, Map],
    refused: [undefined, null, {}, 'text'],
  },
])('$what', ({ check, accepted, refused }) => {
  for (const given of accepted) check(given);
  for (const given of refused) expect(errorOf(() => check(given))).toMatchObject(type('value'));
});

describe('options', () => {
  test('are absent or a plain object', () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    for (const given of [{ a: 1 }, bare, runInNewContext('({ a: 1 })') as { a: number }]) {
      expect(checkOptions(given)).toEqual({ a: 1 });
    }
    expect(checkOptions(undefined)).toEqual({});
    const inherited = Object.create({ a: 1 }) as object;
    for (const given of [null, 7, 'text', true, run, [], new Uint8Array(1), inherited, new Map()]) {
      expect(errorOf(() => checkOptions(wrongly(given)))).toMatchObject(type('options'));
    }
  });

  test('do not come from a polluted Object.prototype', () => {
    const pollution = Object.prototype as { polluted?: string };
    pollution.polluted = 'yes';
    try {
      for (const options of [undefined, {}] as { polluted?: string }[]) {
        expect(checkOptions(options).polluted).toBeUndefined();
      }
      expect(checkOptions({ polluted: 'own' })).toEqual({ polluted: 'own' });
    } finally {
      delete pollution.polluted;
    }
  });

  test('are read once each', () => {
    let reads = 0;
    const options = {
      get a() {
        return (reads += 1);
      },
    };
    const { a } = checkOptions(options);
    expect([a, reads]).toEqual([1, 1]);
  });
});

test.each([
  [null, 'null'],
  [7, 'an integer'],
  [7.5, 'a number that is not an integer'],
  [7n, 'a bigint'],
  [new Map(), 'an object (Map)'],
  [Object.create(null), 'an object (unknown class)'],
  [{ constructor: { name: 'a name\nof two lines' } }, 'an object (unknown class)'],
] as [unknown, string][])('a message names the kind of the received value: %s', (given, kind) => {
  expect(errorOf(() => checkFunction('callback', given)).message).toBe(
    `callback: expected a function, received ${kind}`,
  );
});

function detached(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

const pretender = Object.create(Uint8Array.prototype, {
  byteLength: { value: 8 },
  buffer: { value: new ArrayBuffer(8) },
}) as Uint8Array;

test.each([
  ['a DataView', new DataView(new ArrayBuffer(8))],
  ['an ArrayBuffer', new ArrayBuffer(8)],
  ['shared memory', new Uint8Array(new SharedArrayBuffer(8))],
  ['resizable memory', new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }))],
  ['detached memory', detached(8)],
  ['detached memory that was empty', detached(0)],
  ['a proxy of bytes', new Proxy(new Uint8Array(8), {})],
  ['an object that inherits from Uint8Array', pretender],
  ['clamped bytes', new Uint8ClampedArray(8)],
  ['signed bytes', new Int8Array(8)],
  ['wider integers', new Uint16Array(4)],
  ['an array of numbers', [1, 2, 3]],
  ['an array-like', { length: 2, 0: 1, 1: 2, byteLength: 2 }],
])('%s is refused as a block, as a destination and as a source', (_name, given) => {
  const bytes = given as Uint8Array;
  const pulling = { directDeserialise: (pull: (block: Uint8Array) => void) => pull(bytes) };
  const moves: [string, () => unknown][] = [
    ['given', () => checkBytes('given', bytes)],
    ['block', () => directSerialiseTo(() => {}, 64, valueOf([bytes]))],
    ['block', () => directDeserialiseFrom(readerOf(new Uint8Array(64)), 64, pulling)],
    ['buffer', () => directSerialiseBuf(bytes, valueOf([]))],
    ...deserialisers
      .filter(({ name }) => name.includes('Buf'))
      .map((each): [string, () => unknown] => ['buffer', () => each.run(bytes, typeOf([]))]),
  ];
  for (const [argument, move] of moves) expect(errorOf(move)).toMatchObject(type(argument));
});

class Subclass extends Uint8Array {}

test('a Buffer, a part of a larger one and an instance of a subclass are bytes', () => {
  const accepted = [
    Buffer.from('abc'),
    Buffer.allocUnsafe(3),
    new Uint8Array(9).subarray(3, 6),
    new Subclass(new ArrayBuffer(9), 3, 3),
  ];
  for (const bytes of accepted) {
    expect(isBytes(bytes)).toBe(true);
    bytes.set([1, 2, 3]);
    const target = new Uint8Array(3);
    expect(directSerialiseBuf(target, valueOf([bytes]))).toBe(3);
    expect([...target]).toEqual([1, 2, 3]);
    directDeserialiseFrom(readerOf(Uint8Array.of(4, 5, 6)), 3, {
      directDeserialise: (pull) => pull(bytes),
    });
    expect([...bytes]).toEqual([4, 5, 6]);
    directSerialiseBuf(bytes, valueOf([Uint8Array.of(7, 8)]));
    expect([...bytes]).toEqual([7, 8, 6]);
  }
  const plain = Buffer.alloc(3);
  expect(checkBytes('given', plain)).toBe(plain);
});
