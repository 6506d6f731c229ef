/** A block is lent for one synchronous call. */
import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseTo,
  directSerialiseToChecked,
} from '../src/index.js';
import { Canvas, deserialisers, serialisers } from './support/helpers.js';
import { typeOf, valueOf } from './support/values.js';

type Block = (block: Uint8Array) => void;

const broken = 'ERR_EVOLOCK_PROTOCOL';

describe.each([false, true])('a callback that was kept, of a value that fails: %s', (fails) => {
  let kept: Block = () => {};
  const keep = (block: Block) => {
    kept = block;
    block(new Uint8Array(4));
    if (fails) throw new Error('the value failed');
  };
  const settle = (move: () => unknown) => (fails ? void errorOf(move) : void move());

  test.each(serialisers)('throws after $name', ({ run }) => {
    const canvas = new Canvas(4);
    settle(() => run(canvas, { directSerialise: keep }));
    const before = [...canvas.inside];
    expect(codeOf(() => kept(new Uint8Array(0)))).toBe(broken);
    expect(codeOf(() => kept(Uint8Array.of(1)))).toBe(broken);
    expect([...canvas.inside]).toEqual(before);
  });

  test.each(deserialisers)('throws after $name', ({ run }) => {
    settle(() => run(new Uint8Array(4).fill(1), { directDeserialise: keep }));
    const block = new Uint8Array(1).fill(7);
    expect(codeOf(() => kept(block))).toBe(broken);
    expect(block[0]).toBe(7);
  });
});

/** An asynchronous function returns the first, a library may return the second. */
const unfinished: readonly (readonly [what: string, make: () => unknown])[] = [
  ['a promise', () => Promise.resolve()],
  ['a thenable', () => ({ then: () => {} })],
  ['a function that can be awaited', () => Object.assign(() => {}, { then: () => {} })],
  [
    'a generator',
    function* () {
      yield 0;
    },
  ],
  ['an iterator', () => new Uint8Array(32).values()],
];

test.each(unfinished)('%s is refused as the result of every callback', (_what, make) => {
  const one = valueOf([new Uint8Array(1)]);
  const moves = [
    () => directSerialiseTo(make, 1, one),
    () => directSerialiseToChecked(make, 1, one),
    () => directDeserialiseFrom(make, 1, typeOf([1])),
    () => directDeserialiseFromChecked(make, 1, typeOf([1])),
    ...serialisers.map((each) => () => each.run(new Canvas(4), { directSerialise: make })),
    ...deserialisers.map((each) => () => each.run(new Uint8Array(0), { directDeserialise: make })),
  ];
  expect(moves.map(codeOf)).toEqual(moves.map(() => broken));
});

test.each(serialisers)('later blocks of an asynchronous value are not written', async ({ run }) => {
  const canvas = new Canvas(2);
  const late = new Promise<unknown>((resolve) => {
    const value = {
      async directSerialise(push: Block) {
        await Promise.resolve();
        resolve(codeOf(() => push(Uint8Array.of(1, 2))));
      },
    };
    // The type is void, which an asynchronous method satisfies too.
    expect(codeOf(() => run(canvas, wrongly(value)))).toBe(broken);
  });
  expect(await late).toBe(broken);
  expect(canvas.untouchedFrom(0)).toBe(true);
});
