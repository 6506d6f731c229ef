import fc from 'fast-check';
import { codeOf, errorOf, RecordingAllocator, wrongly } from '@evolock/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import {
  MLockedBytes,
  pooledAllocator,
  ViewEscapeError,
  withMLockedBytes,
} from '../../src/index.js';
import { filled, lendBlocks, unsoundMemory } from '../../src/unsound.js';

const bytes = MLockedBytes.newZeroed(64);
afterAll(() => bytes.release());

type Use = (view: Uint8Array) => unknown;

const lenders: [string, (use: Use) => unknown][] = [
  ['locked bytes', (use) => bytes.withBytes(use)],
];

const escapes: [string, Use][] = [
  ['the view', (view) => view],
  ['the buffer', (view) => view.buffer],
  ['a part of the view', (view) => view.subarray(1, 2)],
  ['an empty part of the view', (view) => view.subarray(0, 0)],
  ['another view of the buffer', (view) => new Uint8Array(view.buffer)],
  ['a DataView of the buffer', (view) => new DataView(view.buffer)],
  ['wider integers of the buffer', (view) => new Uint16Array(view.buffer, 0, 2)],
  ['a Buffer of the buffer', (view) => Buffer.from(view.buffer, view.byteOffset, 2)],
  ['a promise', () => Promise.resolve()],
  ['the promise of an asynchronous function', async (view) => view[0]],
  ['a thenable', () => ({ then() {} })],
  ['a function that is thenable', () => Object.assign(() => {}, { then() {} })],
  [
    'a generator, which has not run',
    function* (view) {
      yield view[0];
    },
  ],
  [
    'an asynchronous generator',

    async function* (view) {
      yield view[0];
    },
  ],
  ['an iterator over the view', (view) => view.values()],
];

describe.each(lenders)('%s', (_name, lend) => {
  test.each(escapes)('refuses a callback that returns %s', (_what, use) => {
    const error = errorOf(() => lend(use));
    expect(error).toBeInstanceOf(ViewEscapeError);
    expect(error['code']).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  });

  test('returns every other result of the callback', () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true, withDate: true }), (result) => {
        expect(lend(() => result)).toBe(result);
      }),
    );
    const copy = lend((view) => new Uint8Array(view));
    expect(copy).toBeInstanceOf(Uint8Array);
  });

  test('throws the error of the callback', () => {
    const failure = new Error('the callback failed');
    const fail = () => {
      throw failure;
    };
    expect(errorOf(() => lend(fail))).toBe(failure);
  });

  test('requires a callback', () => {
    for (const wrong of [undefined, null, 7, {}]) {
      expect(errorOf(() => lend(wrongly(wrong)))).toMatchObject({
        code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
        argument: 'callback',
      });
    }
  });
});

test('withMLockedBytes lends bytes for the call and returns the result of the callback', () => {
  let kept: MLockedBytes | undefined;
  const result = withMLockedBytes(48, (given) => {
    kept = given;
    expect(given.size).toBe(48);
    expect(given.released).toBe(false);
    expect(given.withBytes((view) => view.every((byte) => byte === 0))).toBe(true);
    return 'result';
  });
  expect(result).toBe('result');
  expect(kept?.released).toBe(true);
});

test('withMLockedBytes releases the bytes when the callback throws', () => {
  let kept: MLockedBytes | undefined;
  const failure = new Error('the callback failed');
  const use = () =>
    withMLockedBytes(48, (given) => {
      kept = given;
      throw failure;
    });
  expect(errorOf(use)).toBe(failure);
  expect(kept?.released).toBe(true);
});

test('withMLockedBytes releases the bytes when the callback returns a promise', () => {
  let kept: MLockedBytes | undefined;
  const use = () =>
    withMLockedBytes(48, async (given) => {
      kept = given;
    });
  expect(codeOf(use)).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  expect(kept?.released).toBe(true);
});

test('withMLockedBytes allows the callback to release the bytes', () => {
  withMLockedBytes(48, (given) => {
    given.release();
  });
});

test.each(escapes)('no value is left of a pull that returns %s', (_what, escape) => {
  const allocator = new RecordingAllocator(pooledAllocator);
  const reads = [
    () => MLockedBytes.type(32).directDeserialise(escape, { allocator }),
    () => filled(MLockedBytes.newZeroed(32, { allocator }), escape),
  ];
  for (const read of reads) expect(codeOf(read)).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  expect([allocator.allocations, allocator.live]).toEqual([2, 0]);
});

test('blocks are lent in order, until the memory is released', () => {
  const value = MLockedBytes.newZeroed(48);
  const memory = unsoundMemory(value);
  const lent: number[] = [];
  const lendAll = () => {
    lendBlocks(
      [memory.subarray(0, 8), memory.subarray(8, 32), memory.subarray(32)],
      (block) => {
        lent.push(block.byteLength);
        if (lent.length === 2) value.release();
      },
      () => unsoundMemory(value),
    );
  };
  expect(codeOf(lendAll)).toBe('ERR_EVOLOCK_RELEASED');
  expect(lent).toEqual([8, 24]);
});
