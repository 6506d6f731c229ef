/** Tests of a pool whose threads run a module of the caller. */
import { wrongly } from '@evolock/test-support';
import { expect, onTestFinished, test } from 'vitest';
import { BytesPool } from '../src/index.js';
import type { KesVerifyPoolOptions } from '../src/signatures.js';
import { collected } from './items.js';

interface Sum {
  readonly length: number;
  readonly sum: number;
  readonly context: string;
}

async function started(options?: KesVerifyPoolOptions) {
  const module = new URL('support/sums.mjs', import.meta.url);
  const pool = await BytesPool.start<string, Sum>(module, options);
  onTestFinished(() => pool.close());
  return pool;
}

const sumOf = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + byte, 0);

/** Byte strings of many sizes, an empty one and one larger than a batch included. */
function items(): Uint8Array[] {
  const sizes = [0, 1, 7, 2_000_000, 3, 0, 65_537];
  return Array.from({ length: 70 }, (_, index) =>
    new Uint8Array(sizes[index % sizes.length]! % (index < 7 ? Infinity : 4_096)).fill(index + 1),
  );
}

test.each([{}, { batchSize: 1 }, { batchSize: 3, maxBatches: 1, threads: 1 }])(
  'each byte string gets its verdict, in order, with the context of its stream: %j',
  async (options) => {
    const pool = await started({ threads: 2, ...options });
    const expected = items().map((item) => ({ length: item.byteLength, sum: sumOf(item) }));
    async function* arriving() {
      yield* items();
    }
    for (const source of [items(), arriving()]) {
      const context = String(expected.length);
      expect(await collected(pool.judgeMany(source, context))).toEqual(
        expected.map((each) => ({ ...each, context })),
      );
    }
    expect(await collected(pool.judgeMany([], ''))).toEqual([]);
  },
);

test('an error of the module ends the stream, and the pool still works', async () => {
  const pool = await started({ threads: 1 });
  await expect(collected(pool.judgeMany([new Uint8Array(1)], 'throw'))).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_VERIFY_THREAD',
    cause: { message: 'thrown by the module' },
  });
  expect(await collected(pool.judgeMany([new Uint8Array(1)], ''))).toHaveLength(1);
});

test('a context that cannot be cloned ends its own stream, and no other gets its place', async () => {
  const pool = await started({ threads: 1, batchSize: 1 });
  const judged = (context: string) => collected(pool.judgeMany(items().slice(0, 3), context));
  const contexts = ['a', 'b', wrongly(() => 'no clone'), 'c', 'd'];
  const verdicts = await Promise.allSettled(contexts.map(judged));
  const expected = contexts.map((context) =>
    typeof context === 'string'
      ? { status: 'fulfilled', value: [0, 1, 2].map(() => expect.objectContaining({ context })) }
      : {
          status: 'rejected',
          reason: expect.objectContaining({ code: 'ERR_EVOLOCK_VERIFY_THREAD' }),
        },
  );
  expect(verdicts).toEqual(expected);
});

test('refuses a wrong module, a value that cannot be iterated and an item that is not a byte string', async () => {
  for (const module of [undefined, 'sums.mjs', new URL('data:text/javascript,0')])
    await expect(BytesPool.start(wrongly(module))).rejects.toMatchObject({ argument: 'module' });
  await expect(
    BytesPool.start(new URL('support/missing.mjs', import.meta.url), { threads: 1 }),
  ).rejects.toMatchObject({ code: 'ERR_EVOLOCK_VERIFY_THREAD' });
  const pool = await started({ threads: 1 });
  expect(() => pool.judgeMany(wrongly(7), '')).toThrow(
    expect.objectContaining({ argument: 'items' }),
  );
  await expect(collected(pool.judgeMany(wrongly([7]), ''))).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
  });
});
