import { verifyMany, sumKesOfDepth } from '@evolock/kes-sum';
import { wrongly } from '@evolock/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KesVerifyPool } from '../src/signatures.js';
import { collected, goodItems, repeated } from './items.js';

const sum2Kes = sumKesOfDepth(2);

const BATCH_SIZE = 4;
const MAX_BATCHES = 3;
const AHEAD = BATCH_SIZE * MAX_BATCHES;

const good = goodItems(sum2Kes);
let pool: KesVerifyPool;

beforeAll(async () => {
  pool = await KesVerifyPool.start({
    threads: 2,
    batchSize: BATCH_SIZE,
    maxBatches: MAX_BATCHES,
  });
});
afterAll(() => pool.close());

test.each(['synchronous', 'asynchronous'])(
  'a %s source is at most the limit ahead of the verdicts',
  async (kind) => {
    let taken = 0;
    let ahead = 0;
    let delivered = 0;
    const look = () => {
      taken += 1;
      ahead = Math.max(ahead, taken - delivered);
    };
    function* items() {
      for (const item of repeated(good, 200)) {
        look();
        yield item;
      }
    }
    async function* later() {
      yield* items();
    }
    const source = kind === 'synchronous' ? items() : later();
    for await (const verdict of pool.verifyMany(sum2Kes, source)) {
      delivered += 1;
      expect(verdict).toBe(true);
      // A slow consumer gives the pool time to run ahead.
      if (delivered % 10 === 0) {
        verifyMany(sum2Kes, good);
        await new Promise(setImmediate);
      }
    }
    expect(delivered).toBe(200);
    expect(ahead).toBeLessThanOrEqual(AHEAD);
    expect(ahead).toBeGreaterThan(BATCH_SIZE);
  },
);

test('takes no item before a verdict is requested', async () => {
  let taken = 0;
  function* items() {
    for (const item of good) {
      taken += 1;
      yield item;
    }
  }
  const verdicts = pool.verifyMany(sum2Kes, items());
  await new Promise(setImmediate);
  expect(taken).toBe(0);
  await verdicts.next();
  expect(taken).toBe(good.length);
});

test('an error of the source comes after the verdicts of the items before it', async () => {
  const own = new Error('of the source');
  function* items() {
    yield* repeated(good, 9);
    throw own;
  }
  async function* later() {
    yield* items();
  }
  for (const source of [items(), later()]) {
    const verdicts: boolean[] = [];
    const reading = (async () => {
      for await (const verdict of pool.verifyMany(sum2Kes, source)) verdicts.push(verdict);
    })();
    await expect(reading).rejects.toBe(own);
    expect(verdicts).toEqual(Array.from({ length: 9 }, () => true));
  }
});

test('a source that waits delays no verdict of earlier items', async () => {
  let resolve: () => void = () => undefined;
  const promise = new Promise<undefined>((given) => (resolve = () => given(undefined)));
  async function* items() {
    yield good[0]!;
    await promise;
    yield good[1]!;
  }
  const verdicts = pool.verifyMany(sum2Kes, items());
  // The source continues only after the first verdict.
  expect(await verdicts.next()).toEqual({ done: false, value: true });
  resolve();
  expect(await verdicts.next()).toEqual({ done: false, value: true });
  expect(await verdicts.next()).toEqual({ done: true, value: undefined });
});

test('an aborted signal ends a stream, and no further item is taken', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  let taken = 0;
  let ended = false;
  function* items() {
    try {
      for (const item of repeated(good)) {
        taken += 1;
        yield item;
      }
    } finally {
      ended = true;
    }
  }
  const seen: number[] = [];
  const reading = (async () => {
    for await (const _ of pool.verifyMany(sum2Kes, items(), { signal: controller.signal })) {
      seen.push(taken);
      if (seen.length === 10) controller.abort(reason);
    }
  })();
  await expect(reading).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_VERIFY_ABORTED',
    cause: reason,
  });
  expect(seen.length).toBe(10);
  expect(taken).toBe(seen[9]);
  expect(ended).toBe(true);
});

test('an aborted signal ends the wait for a source without items; a stream with one takes no item', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let taken = 0;
  async function* items() {
    taken += 1;
    yield good[0]!;
    await new Promise(() => undefined);
  }
  const verdicts = pool.verifyMany(sum2Kes, items(), { signal });
  expect(await verdicts.next()).toEqual({ done: false, value: true });
  const waiting = verdicts.next();
  controller.abort();
  const later = pool.verifyMany(sum2Kes, items(), { signal }).next();
  for (const each of [waiting, later])
    await expect(each).rejects.toMatchObject({ code: 'ERR_EVOLOCK_VERIFY_ABORTED' });
  expect(taken).toBe(1);
});

/** The verdicts of a stream, and its error. */
async function outcomeOf(items: unknown, signal?: AbortSignal) {
  const verdicts: boolean[] = [];
  try {
    for await (const verdict of pool.verifyMany(sum2Kes, wrongly(items), { signal }))
      verdicts.push(verdict);
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: unknown };
    return { verdicts, error: code ?? message };
  }
  return { verdicts, error: undefined };
}

const given = { done: false, value: good[0] };
const failing = () => {
  throw new Error('of the end');
};

test('a source whose results are not objects ends after the verdicts of the items before', async () => {
  let count = 0;
  const next = () => (count++ < 3 ? given : 7);
  const expected = { verdicts: [true, true, true], error: 'ERR_EVOLOCK_ARGUMENT_TYPE' };
  expect(await outcomeOf({ [Symbol.iterator]: () => ({ next }) })).toEqual(expected);
});

test.each([
  ['gives items', () => given, failing],
  ['rejects its end', () => given, () => Promise.reject(new Error('of the end'))],
  ['waits', () => new Promise(() => undefined), failing],
])(
  'a source that %s and cannot be ended does not hide why the stream ended',
  async (_, next, end) => {
    const stop = new AbortController();
    const items = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          stop.abort();
          return Promise.resolve(next());
        },
        return: end,
      }),
    };
    expect((await outcomeOf(items, stop.signal)).error).toBe('ERR_EVOLOCK_VERIFY_ABORTED');
  },
);

test('leaving the loop ends the source, whose error is thrown, and the pool still works', async () => {
  const items = { [Symbol.iterator]: () => ({ next: () => given, return: failing }) };
  const stream = pool.verifyMany(sum2Kes, wrongly(items));
  expect(await stream.next()).toEqual({ done: false, value: true });
  await expect(stream.return()).rejects.toThrow('of the end');
  expect(await collected(pool.verifyMany(sum2Kes, good))).toEqual(good.map(() => true));
});
