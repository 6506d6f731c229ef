import { errorOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  ArgumentError,
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
  directSerialiseToChecked,
  MAX_SIZE,
} from '../src/index.js';
import { typeOf, valueOf } from './support/values.js';

type Loose = (...given: unknown[]) => unknown;

const value = valueOf([]);
const type = typeOf([]);
const move = () => {};
const bytes = new Uint8Array(0);

/** Every helper with correct arguments, and their names. */
const helpers: [string, Loose, [name: string, right: unknown][]][] = [
  directSerialiseTo,
  directSerialiseToChecked,
].map((helper) => [
  helper.name,
  helper as Loose,
  [
    ['write', move],
    ['size', 0],
    ['value', value],
  ],
]);
for (const helper of [directSerialiseBuf, directSerialiseBufChecked]) {
  helpers.push([
    helper.name,
    helper as Loose,
    [
      ['buffer', bytes],
      ['value', value],
    ],
  ]);
}
for (const helper of [directDeserialiseFrom, directDeserialiseFromChecked]) {
  helpers.push([
    helper.name,
    helper as Loose,
    [
      ['read', move],
      ['size', 0],
      ['type', type],
    ],
  ]);
}
for (const helper of [directDeserialiseBuf, directDeserialiseBufChecked]) {
  helpers.push([
    helper.name,
    helper as Loose,
    [
      ['buffer', bytes],
      ['type', type],
    ],
  ]);
}

/** Wrong for every argument. */
const wrong = [undefined, null, true, 'text', 1.5, NaN, -Infinity, 0n, Symbol('s'), {}, [], /./];

const proxyThatThrows = new Proxy(
  {},
  {
    get() {
      throw new Error('looked at');
    },
  },
);

test.each(helpers)('%s refuses an argument of the wrong type by name', (_, run, right) => {
  right.forEach(([argument], index) => {
    for (const given of wrong) {
      const all = right.map(([, value]) => value);
      all[index] = given;
      const error = errorOf(() => run(...all));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument });
      expect(error.message).toContain(argument);
    }
  });
});

test.each(helpers)('%s refuses a missing last argument', (_, run, right) => {
  const [argument] = right.at(-1)!;
  const error = errorOf(() => run(...right.slice(0, -1).map(([, value]) => value)));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument });
});

const sized = helpers.filter(([, , right]) => right.some(([name]) => name === 'size'));

test.each(sized)('%s takes sizes from 0 to MAX_SIZE', (name, run, right) => {
  const at = (size: unknown) =>
    run(...right.map(([argument, given]) => (argument === 'size' ? size : given)));
  expect(MAX_SIZE).toBe(2 ** 31 - 1);
  for (const size of [-1, MAX_SIZE + 1, 2 ** 32, 2 ** 53, -(2 ** 31)]) {
    expect(errorOf(() => at(size))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      argument: 'size',
    });
  }
  for (const size of [0.5, NaN, Infinity, 0n, 1n, '1', [1], new Number(1)]) {
    expect(errorOf(() => at(size))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'size',
    });
  }
  at(0);
  if (!name.endsWith('Checked')) at(MAX_SIZE);
  else expect(errorOf(() => at(MAX_SIZE))).toMatchObject({ expected: MAX_SIZE, actual: 0 });
});

test.each(helpers)('%s reports a proxy that throws as a wrong argument', (_, run, right) => {
  right.forEach((_pair, index) => {
    const all = right.map(([, value]) => value);
    all[index] = proxyThatThrows;
    // Only of a value or a type are properties read, and not of a buffer, a size or a callback.
    expect(errorOf(() => run(...all)).message).toMatch(/looked at|expected/);
  });
});

test('arguments are checked before anything is written or called', () => {
  let calls = 0;
  const counting = { directSerialise: () => void (calls += 1) };
  errorOf(() => directSerialiseTo(wrongly(undefined), 0, counting));
  errorOf(() => directSerialiseTo(move, -1, counting));
  errorOf(() => directSerialiseBuf(wrongly('buffer'), counting));
  expect(calls).toBe(0);
});
