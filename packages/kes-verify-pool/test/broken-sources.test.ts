import { sum2Kes, type KesVerification } from '@evolock/kes-sum';
import { wrongly } from '@evolock/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KesVerifyPool } from '../src/index.js';
import { goodItems } from './items.js';

const good = goodItems(sum2Kes)[0]!;
const given = { done: false, value: good };
let pool: KesVerifyPool;

beforeAll(async () => {
  pool = await KesVerifyPool.start({ threads: 1, batchSize: 2, maxBatches: 2 });
});
afterAll(() => pool.close());

type Items = Iterable<KesVerification>;

/** The verdicts of a stream, and its error. */
async function outcomeOf(items: Items, signal?: AbortSignal) {
  const verdicts: boolean[] = [];
  try {
    for await (const verdict of pool.verifyMany(sum2Kes, items, { signal })) verdicts.push(verdict);
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: unknown };
    return { verdicts, error: code ?? message };
  }
  return { verdicts, error: undefined };
}

test.each([false, true])(
  'a source whose results are not objects ends after the verdicts of the items before: asynchronous %s',
  async (isAsync) => {
    let count = 0;
    const step = () => (count++ < 3 ? given : 7);
    const next = isAsync ? () => Promise.resolve(step()) : step;
    const begin = isAsync ? Symbol.asyncIterator : Symbol.iterator;
    expect(await outcomeOf(wrongly({ [begin]: () => ({ next }) }))).toEqual({
      verdicts: [true, true, true],
      error: 'ERR_EVOLOCK_ARGUMENT_TYPE',
    });
  },
);

test.each([
  ['gives items', () => given],
  ['rejects its end', () => given, () => Promise.reject(new Error('of the end'))],
  ['waits', () => new Promise(() => undefined)],
])('a source that %s and cannot be ended does not hide why the stream ended', async (...source) => {
  const [, next, end] = source;
  const stop = new AbortController();
  const failing = () => {
    throw new Error('of the end');
  };
  const items: Items = wrongly({
    [Symbol.asyncIterator]: () => ({
      next: () => {
        stop.abort();
        return Promise.resolve(next());
      },
      return: end ?? failing,
    }),
  });
  expect((await outcomeOf(items, stop.signal)).error).toBe('ERR_EVOLOCK_VERIFY_ABORTED');
});

test('leaving the loop throws the error of a source that cannot be ended', async () => {
  const items: Items = wrongly({
    [Symbol.iterator]: () => ({
      next: () => given,
      return: () => {
        throw new Error('of the end');
      },
    }),
  });
  const stream = pool.verifyMany(sum2Kes, items);
  expect(await stream.next()).toEqual({ done: false, value: true });
  await expect(stream.return()).rejects.toThrow('of the end');
});
