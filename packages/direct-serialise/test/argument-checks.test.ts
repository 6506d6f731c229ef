import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { errorOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { checkFunction, checkInteger, checkMethod, checkOptions } from '../src/arguments.js';

const type = (argument: string) => ({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument });
const value = (argument: string) => ({ code: 'ERR_EVOLOCK_ARGUMENT_VALUE', argument });

test('an integer within its bounds is returned, and any other refused', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer(), (given, a, b) => {
      const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
      if (given >= minimum && given <= maximum) {
        expect(checkInteger('n', given, minimum, maximum)).toBe(given);
      } else {
        expect(errorOf(() => checkInteger('n', given, minimum, maximum))).toMatchObject(value('n'));
      }
    }),
  );
});

test('a value that is not an integer is refused, whatever the bounds', () => {
  const others = fc.oneof(
    fc.double().filter((number) => !Number.isInteger(number)),
    fc.bigInt(),
    fc.string(),
    fc.anything().filter((given) => typeof given !== 'number'),
  );
  fc.assert(
    fc.property(others, (given) => {
      const error = errorOf(() => checkInteger('n', given, -Infinity, Infinity));
      expect(error).toMatchObject(type('n'));
    }),
  );
});

test('a method is a property that can be called', () => {
  checkMethod('value', { run() {} }, 'run');
  checkMethod(
    'value',
    Object.assign(() => {}, { run() {} }),
    'run',
  );
  checkMethod('value', Object.create({ run() {} }), 'run');
  for (const given of [undefined, null, 'text', 7, {}, { run: 7 }, []]) {
    expect(errorOf(() => checkMethod('value', given, 'run'))).toMatchObject(type('value'));
  }
});

test('every kind of function is accepted', () => {
  for (const given of [() => {}, async () => {}, Map]) checkFunction('callback', given);
  for (const given of [undefined, null, {}, 'text']) {
    expect(errorOf(() => checkFunction('callback', given))).toMatchObject(type('callback'));
  }
});

test('options are absent or a plain object', () => {
  const bare = Object.assign(Object.create(null) as object, { a: 1 });
  for (const given of [{ a: 1 }, bare, runInNewContext('({ a: 1 })') as { a: number }]) {
    expect(checkOptions(given)).toEqual({ a: 1 });
  }
  expect(checkOptions(undefined)).toEqual({});
  const inherited = Object.create({ a: 1 }) as object;
  for (const given of [
    null,
    7,
    'text',
    true,
    () => {},
    [],
    new Uint8Array(1),
    inherited,
    new Map(),
  ]) {
    expect(errorOf(() => checkOptions(wrongly(given)))).toMatchObject(type('options'));
  }
});

test('the content of a polluted Object.prototype is not used as options', () => {
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

test('each option is read once', () => {
  let reads = 0;
  const options = {
    get a() {
      return (reads += 1);
    },
  };
  const { a } = checkOptions(options);
  expect([a, reads]).toEqual([1, 1]);
});

test('a message names the kind of the received value, also of a proxy that throws', () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('looked at');
      },
    },
  );
  const kinds: [unknown, string][] = [
    [null, 'null'],
    [undefined, 'undefined'],
    [7, 'an integer'],
    [7.5, 'a number that is not an integer'],
    ['text', 'a string'],
    [7n, 'a bigint'],
    [Symbol('s'), 'a symbol'],
    [true, 'a boolean'],
    [new Map(), 'an object (Map)'],
    [Object.create(null), 'an object (unknown class)'],
    [hostile, 'an object (unknown class)'],
    [{ constructor: { name: 'a name\nof two lines' } }, 'an object (unknown class)'],
  ];
  for (const [given, kind] of kinds) {
    expect(errorOf(() => checkFunction('callback', given)).message).toBe(
      `callback: expected a function, received ${kind}`,
    );
  }
});
