import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { checkedDeserialisers, deserialisers, uncheckedDeserialisers } from './support/helpers.js';

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

test.each(checkedDeserialisers)(
  '$name disposes once of a value that it does not return',
  ({ run }) => {
    for (const size of [0, 1, 7]) {
      const { value, type } = disposable(size);
      expect(errorOf(() => run(new Uint8Array(8), type))).toMatchObject({
        code: 'ERR_EVOLOCK_SIZE_CHECK',
        expected: 8,
        actual: size,
      });
      expect(value.disposed).toBe(1);
    }
  },
);

test.each(checkedDeserialisers)('$name keeps the error of a disposal as the cause', ({ run }) => {
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
  '$name does not return a value that cannot be disposed of',
  ({ run }) => {
    for (const value of [undefined, null, 7, 'text', {}, { [Symbol.dispose]: 7 }]) {
      const error = errorOf(() => run(new Uint8Array(8), { directDeserialise: () => value }));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_SIZE_CHECK', expected: 8, actual: 0 });
      expect(error).not.toHaveProperty('cause');
    }
  },
);

test.each(deserialisers)('$name returns a value of the right size alive', ({ run }) => {
  const { value, type } = disposable(8);
  expect(run(new Uint8Array(8), type)).toEqual([value, 8]);
  expect(value.disposed).toBe(0);
});

test.each(uncheckedDeserialisers)(
  '$name returns a value that leaves bytes unread alive',
  ({ run }) => {
    const { value, type } = disposable(3);
    expect(run(new Uint8Array(8), type)).toEqual([value, 3]);
    expect(value.disposed).toBe(0);
  },
);
