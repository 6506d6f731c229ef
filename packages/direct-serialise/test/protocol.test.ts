import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseTo,
  directSerialiseToChecked,
  ProtocolError,
} from '../src/index.js';
import { Canvas, deserialisers, serialisers } from './support/helpers.js';
import { typeOf, valueOf } from './support/values.js';

type Block = (block: Uint8Array) => void;

/** Thenables: an asynchronous function returns the first, a library may return the second. */
const thenables: readonly { readonly what: string; readonly make: () => unknown }[] = [
  { what: 'a promise', make: () => Promise.resolve() },
  { what: 'a thenable', make: () => ({ then: () => {} }) },
  {
    what: 'a function that can be awaited',
    make: () => Object.assign(() => {}, { then: () => {} }),
  },
  {
    what: 'a generator',
    *make() {
      yield 0;
    },
  },
  {
    what: 'an asynchronous generator',
    async *make() {
      yield await Promise.resolve(0);
    },
  },
  { what: 'an iterator', make: () => new Uint8Array(32).values() },
];

test.each(serialisers)('a push that was kept throws after $name', ({ run }) => {
  let kept: Block = () => {};
  const canvas = new Canvas(4);
  run(canvas, {
    directSerialise(push) {
      kept = push;
      push(new Uint8Array(4));
    },
  });
  const before = [...canvas.inside];
  const error = errorOf(() => kept(new Uint8Array(0)));
  expect(error).toBeInstanceOf(ProtocolError);
  expect(error['code']).toBe('ERR_EVOLOCK_PROTOCOL');
  expect(codeOf(() => kept(Uint8Array.of(1)))).toBe('ERR_EVOLOCK_PROTOCOL');
  expect([...canvas.inside]).toEqual(before);
});

test.each(serialisers)('a push that was kept throws after $name failed', ({ run }) => {
  let kept: Block = () => {};
  const value = {
    directSerialise(push: Block) {
      kept = push;
      throw new Error('the value failed');
    },
  };
  errorOf(() => run(new Canvas(4), value));
  expect(codeOf(() => kept(new Uint8Array(1)))).toBe('ERR_EVOLOCK_PROTOCOL');
});

test.each(deserialisers)('a pull that was kept throws after $name', ({ run }) => {
  let kept: Block = () => {};
  run(new Uint8Array(4).fill(1), {
    directDeserialise(pull) {
      kept = pull;
      pull(new Uint8Array(4));
    },
  });
  const block = new Uint8Array(0);
  expect(codeOf(() => kept(block))).toBe('ERR_EVOLOCK_PROTOCOL');
});

test.each(deserialisers)('a pull that was kept throws after $name failed', ({ run }) => {
  let kept: Block = () => {};
  const type = {
    directDeserialise(pull: Block) {
      kept = pull;
      throw new Error('the type failed');
    },
  };
  errorOf(() => run(new Uint8Array(4), type));
  const block = new Uint8Array(1).fill(7);
  expect(codeOf(() => kept(block))).toBe('ERR_EVOLOCK_PROTOCOL');
  expect(block[0]).toBe(7);
});

test.each(thenables)('a write that returns $what is refused', ({ make }) => {
  const write = make;
  for (const serialise of [directSerialiseTo, directSerialiseToChecked]) {
    expect(codeOf(() => serialise(write, 1, valueOf([new Uint8Array(1)])))).toBe(
      'ERR_EVOLOCK_PROTOCOL',
    );
  }
});

test.each(thenables)('a read that returns $what is refused', ({ make }) => {
  const read = make;
  for (const deserialise of [directDeserialiseFrom, directDeserialiseFromChecked]) {
    expect(codeOf(() => deserialise(read, 1, typeOf([1])))).toBe('ERR_EVOLOCK_PROTOCOL');
  }
});

test.each(thenables)('a value that returns $what is refused by every helper', ({ make }) => {
  for (const { run } of serialisers) {
    const canvas = new Canvas(4);
    const value = { directSerialise: make };
    expect(codeOf(() => run(canvas, value))).toBe('ERR_EVOLOCK_PROTOCOL');
  }
});

test.each(thenables)('a type that returns $what is refused by every helper', ({ make }) => {
  for (const { run } of deserialisers) {
    const type = { directDeserialise: make };
    expect(codeOf(() => run(new Uint8Array(0), type))).toBe('ERR_EVOLOCK_PROTOCOL');
  }
});

test('later blocks of an asynchronous value are not written', async () => {
  for (const { run } of serialisers) {
    const canvas = new Canvas(2);
    let late: unknown;
    const done = new Promise<void>((resolve) => {
      const value = {
        async directSerialise(push: Block) {
          await Promise.resolve();
          late = codeOf(() => push(Uint8Array.of(1, 2)));
          resolve();
        },
      };
      // The type is void, which an asynchronous method satisfies too.
      expect(codeOf(() => run(canvas, wrongly(value)))).toBe('ERR_EVOLOCK_PROTOCOL');
    });
    await done;
    expect(late).toBe('ERR_EVOLOCK_PROTOCOL');
    expect(canvas.untouchedFrom(0)).toBe(true);
  }
});
