import fc from 'fast-check';
import { codeOf, errorOf, RecordingAllocator, wrongly } from '@evolock/test-support';
import { afterAll, expect, test } from 'vitest';
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

const escapes: [string, Use][] = [
  ['the view', (view) => view],
  ['the buffer', (view) => view.buffer],
  ['a part of the view', (view) => view.subarray(1, 2)],
  ['another view of the buffer', (view) => new Uint8Array(view.buffer)],
  ['a DataView of the buffer', (view) => new DataView(view.buffer)],
  ['a Buffer of the buffer', (view) => Buffer.from(view.buffer, view.byteOffset, 2)],
  ['a promise', () => Promise.resolve()],
  ['a thenable', () => ({ then() {} })],
  [
    'a generator, which has not run',
    function* (view) {
      yield view[0];
    },
  ],
  ['an iterator over the view', (view) => view.values()],
];

test.each(escapes)('refuses a callback that returns %s', (_what, use) => {
  const error = errorOf(() => bytes.withBytes(use));
  expect(error).toBeInstanceOf(ViewEscapeError);
  expect(error['code']).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  // No value is left of a pull that returns it.
  const allocator = new RecordingAllocator(pooledAllocator);
  const reads = [
    () => MLockedBytes.type(32).directDeserialise(use, { allocator }),
    () => filled(MLockedBytes.newZeroed(32, { allocator }), use),
  ];
  for (const read of reads) expect(codeOf(read)).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  expect(allocator.slots).toHaveLength(2);
  allocator.expectClean();
});

test('returns every other result of the callback, and throws its error', () => {
  fc.assert(
    fc.property(fc.anything({ withTypedArray: true, withDate: true }), (result) => {
      expect(bytes.withBytes(() => result)).toBe(result);
    }),
  );
  expect(bytes.withBytes((view) => new Uint8Array(view))).toHaveLength(64);
  const failure = new Error('the callback failed');
  const fail = () => {
    throw failure;
  };
  expect(errorOf(() => bytes.withBytes(fail))).toBe(failure);
  expect(errorOf(() => bytes.withBytes(wrongly(7)))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
    argument: 'callback',
  });
});

/** What a use of `withMLockedBytes` returns or throws; checks that the bytes are zero before it, and released after it. */
function outcomeOf(use: (given: MLockedBytes<48>) => unknown): unknown {
  let kept: MLockedBytes | undefined;
  try {
    return withMLockedBytes(48, (given) => {
      kept = given;
      expect(given.withBytes((view) => view.every((byte) => byte === 0))).toBe(true);
      return use(given);
    });
  } catch (error) {
    return error;
  } finally {
    expect(kept?.released).toBe(true);
  }
}

test('withMLockedBytes lends bytes for the call, however the callback ends', () => {
  const failure = new Error('the callback failed');
  const fail = () => {
    throw failure;
  };
  expect(outcomeOf((given) => [given.size, given.released])).toEqual([48, false]);
  expect(outcomeOf(fail)).toBe(failure);
  expect(outcomeOf(async () => {})).toMatchObject({ code: 'ERR_EVOLOCK_VIEW_ESCAPE' });
  expect(outcomeOf((given) => given.release())).toBeUndefined();
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
