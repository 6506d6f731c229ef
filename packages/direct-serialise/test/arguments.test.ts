/** The argument checks of all packages. */
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { errorOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { directDeserialiseFrom, directSerialiseBuf, directSerialiseTo } from '../src/index.js';
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkMethod,
  checkOptions,
  checkRecord,
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

const names = ['a', 'polluted'] as const;
interface Options {
  a?: number | undefined;
  polluted?: string | undefined;
}

/** What no door takes. An object whose prototype is not that of an object literal could inherit options. */
class Instance {
  a = 1;
}
const inherited = Object.create({ a: 1 }) as object;
const inheritedOfNone = Object.create(
  Object.assign(Object.create(null) as object, { a: 1 }),
) as object;
const notPlain = [
  ...[null, 7, 'text', true, run, [], new Uint8Array(1), new Map(), new Instance()],
  ...[inherited, inheritedOfNone],
];

/** Object literals of this realm and of another one, and an object without a prototype. */
const plain = [
  { a: 1 },
  Object.assign(Object.create(null) as object, { a: 1 }),
  runInNewContext('({ a: 1 })') as { a: number },
];

describe('options', () => {
  const check = (given: unknown) => checkOptions(given as Options | undefined, names);

  test('are absent or a plain object', () => {
    for (const given of plain) expect(check(given)).toEqual({ a: 1 });
    expect(check(undefined)).toEqual({});
    for (const given of notPlain) {
      expect(errorOf(() => check(given))).toMatchObject(type('options'));
    }
  });

  test('have known names, of their own, also with undefined and not enumerable', () => {
    const hidden = Object.defineProperty({}, 'b', { value: 1 });
    const parsed = JSON.parse('{ "__proto__": { "a": 1 } }') as object;
    for (const given of [{ b: 1 }, { a: 1, b: undefined }, { [Symbol('a')]: 1 }, hidden, parsed]) {
      expect(errorOf(() => check(given))).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_NAME' });
    }
    expect(check(Object.defineProperty({}, 'a', { value: 1 }))).toEqual({ a: 1 });
    expect(Object.keys(check({ a: undefined }))).toEqual([]);
  });

  test('do not come from a polluted Object.prototype', () => {
    const pollution = Object.prototype as { polluted?: string };
    pollution.polluted = 'yes';
    try {
      for (const given of [undefined, {}]) expect(check(given).polluted).toBeUndefined();
      expect(check({ polluted: 'own' })).toEqual({ polluted: 'own' });
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
    const { a } = check(options);
    expect([a, reads]).toEqual([1, 1]);
  });

  test('have all names of their type, and no other: the compiler says so', () => {
    const given: Options = {};
    // @ts-expect-error -- lacks `polluted`
    checkOptions(given, ['a']);
    // @ts-expect-error -- `b` is no option
    checkOptions(given, ['a', 'polluted', 'b']);
    const either = {} as { a: 1 } | { b: 2 };
    checkOptions(either, ['a', 'b']);
    // @ts-expect-error -- lacks `b` of the union
    checkOptions(either, ['a']);
  });

  test.each([
    ['checkpoint', ['verifierKey', 'checkpoints', 'cryptography'], 'did you mean checkpoints?'],
    ['nonce', ['epochNonce'], 'did you mean epochNonce?'],
    ['Create', ['allocator', 'create'], 'did you mean create?'],
    ['epoch_nonce', ['epochNonce'], 'did you mean epochNonce?'],
    ['tiemout', ['signal', 'timeout'], 'did you mean timeout?'],
    ['Allocater', ['allocator'], 'did you mean allocator?'],
    ['nwo', ['maxAge', 'now'], 'did you mean now?'],
    ['colour', ['allocator', 'create'], 'unknown option: the options are allocator, create'],
    ['x', ['end'], 'unknown option: the options are end'],
    ['e', ['end'], 'unknown option: the options are end'],
  ])('with the name %s get a hint', (name, known: readonly string[], words) => {
    const given: Record<string, unknown> = { [name]: 1 };
    const error = errorOf(() => checkOptions(given, known));
    expect(error.message).toBe(`${name}: ${words}`);
  });

  test('within another argument are named by their place', () => {
    const nested = (given: unknown) =>
      errorOf(() => checkOptions(given as Options, names, 'limits[1]'));
    expect(nested('text').message).toBe('limits[1]: expected { a, polluted }, received a string');
    expect(nested({ pollute: 1 }).message).toBe('limits[1].pollute: did you mean polluted?');
    expect(nested({ pollute: 1 })).toMatchObject({ argument: 'limits[1].pollute' });
  });

  test('whose name could be anything do not print it', () => {
    for (const name of ['b\u001b[31m', 'b'.repeat(5_000)]) {
      const error = errorOf(() => check({ [name]: 1 }));
      expect(error.message).toBe('a property: unknown option: the options are a, polluted');
    }
  });
});

describe('records of data', () => {
  const check = (given: unknown) => checkRecord('state', given as Options | undefined);

  test('are plain objects, which may have more', () => {
    for (const given of plain) expect(check(given)).toEqual({ a: 1 });
    expect(check({ a: 1, more: 2 })).toEqual({ a: 1, more: 2 });
    for (const given of [undefined, ...notPlain]) {
      expect(errorOf(() => check(given))).toMatchObject(type('state'));
    }
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
