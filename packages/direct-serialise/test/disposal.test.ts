import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { checkedDeserialisers, deserialisers, uncheckedDeserialisers } from './support/helpers.js';

/** A type that reads `size` bytes into a value which counts how often it is disposed of. */
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

test.each(checkedDeserialisers)('$name disposes once of a value it keeps back', ({ run }) => {
  for (const size of [0, 1, 7]) {
    const { value, type } = disposable(size);
    expect(errorOf(() => run(new Uint8Array(8), type))).toMatchObject({
      code: 'ERR_EVOLOCK_SIZE_CHECK',
      expected: 8,
      actual: size,
    });
    expect(value.disposed).toBe(1);
  }
});

test.each(checkedDeserialisers)('$name keeps why disposing failed as the cause', ({ run }) => {
  const cause = new Error('cannot be wiped');
  const { value, type } = disposable(3, () => {
    throw cause;
  });
  const error = errorOf(() => run(new Uint8Array(8), type));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_SIZE_CHECK', expected: 8, actual: 3 });
  expect(error.cause).toBe(cause);
  expect(value.disposed).toBe(1);
});

test.each(checkedDeserialisers)(
  '$name keeps back a value that cannot be disposed of',
  ({ run }) => {
    for (const value of [undefined, null, 7, 'text', {}, { [Symbol.dispose]: 7 }]) {
      const error = errorOf(() => run(new Uint8Array(8), { directDeserialise: () => value }));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_SIZE_CHECK', expected: 8, actual: 0 });
      expect(error).not.toHaveProperty('cause');
    }
  },
);

test.each(deserialisers)('$name hands over a value of the right size alive', ({ run }) => {
  const { value, type } = disposable(8);
  expect(run(new Uint8Array(8), type)).toEqual([value, 8]);
  expect(value.disposed).toBe(0);
});

test.each(uncheckedDeserialisers)(
  '$name hands over a value that leaves bytes over alive',
  ({ run }) => {
    const { value, type } = disposable(3);
    expect(run(new Uint8Array(8), type)).toEqual([value, 3]);
    expect(value.disposed).toBe(0);
  },
);
