import { readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { ed25519, sumKesOfDepth } from '@evolock/kes-sum';
import { wrongly } from '@evolock/test-support';
import { expect, onTestFinished, test } from 'vitest';
import { KesVerifyPool, type KesVerifyPoolOptions } from '../src/signatures.js';
import { collected, goodItems, repeated } from './items.js';

const sum2Kes = sumKesOfDepth(2);

const good = goodItems(sum2Kes);
const verdictsOf = (pool: KesVerifyPool) => collected(pool.verifyMany(sum2Kes, good));
const allGood = good.map(() => true);

/** A pool, and its threads. */
async function observed(options: KesVerifyPoolOptions) {
  const threads: Worker[] = [];
  const note = (worker: Worker) => threads.push(worker);
  process.on('worker', note);
  onTestFinished(() => void process.off('worker', note));
  const pool = await KesVerifyPool.start(options);
  onTestFinished(() => pool.close());
  return { pool, threads };
}

test('a thread that ends at work ends its stream, and the pool starts another', async () => {
  const { pool, threads } = await observed({ threads: 1, batchSize: 8 });
  const reading = (async () => {
    let taken = 0;
    for await (const _ of pool.verifyMany(sum2Kes, repeated(good))) {
      taken += 1;
      if (taken === 20) void threads[0]!.terminate();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'ERR_EVOLOCK_VERIFY_THREAD' });
  expect(await verdictsOf(pool)).toEqual(allGood);
  expect(threads.length).toBe(2);
});

test('a thread that ends without work is replaced', async () => {
  const { pool, threads } = await observed({ threads: 2, batchSize: 1 });
  await threads[1]!.terminate();
  expect(await verdictsOf(pool)).toEqual(allGood);
  expect(threads.length).toBe(3);
});

test.runIf(process.platform === 'linux')('threads lock no memory', async () => {
  const locked = () => /VmLck:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const before = locked();
  const { pool } = await observed({ threads: 2 });
  expect(await verdictsOf(pool)).toEqual(allGood);
  expect(locked()).toBe(before);
  // This process has locked memory for the keys above: the line is the right one.
  expect(Number(before)).toBeGreaterThan(0);
});

test('close ends all threads and streams', async () => {
  const { pool, threads } = await observed({ threads: 2 });
  expect([pool.threads, threads.length]).toEqual([2, 2]);
  const exits = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
  const stream = pool.verifyMany(sum2Kes, repeated(good));
  await stream.next();
  const unread = pool.verifyMany(sum2Kes, good);
  const code = 'ERR_EVOLOCK_VERIFY_POOL_CLOSED';
  const rest = expect(collected(stream)).rejects.toMatchObject({ code });
  await pool.close();
  await rest;
  await expect(unread.next()).rejects.toMatchObject({ code });
  await Promise.all(exits);
  expect(() => pool.verifyMany(sum2Kes, good)).toThrow(expect.objectContaining({ code }));
  await pool.close();
});

test('wrong options, algorithms, items and signals are refused before an item is taken', async () => {
  const worker = new URL('https://example.org/worker.js');
  const wrongOptions = [null, 7, { threads: 0 }, { threads: '2' }, { batchSize: 2 ** 20 }];
  for (const options of [...wrongOptions, { maxBatches: Infinity }, { worker: 7 }, { worker }]) {
    const started = KesVerifyPool.start(wrongly(options));
    await expect(started).rejects.toMatchObject({ code: /^ERR_EVOLOCK_ARGUMENT_/ });
  }
  const { pool } = await observed({ threads: 1 });
  const ownScheme = sumKesOfDepth(1, { ...ed25519 });
  const others = [undefined, null, {}, { ...sum2Kes }, ownScheme];
  for (const [argument, ...given] of [
    ...others.map((algorithm) => ['algorithm', algorithm, good] as const),
    ...[undefined, 7, 'text', { length: 1 }].map((items) => ['items', sum2Kes, items] as const),
    ...[null, {}].map((signal) => ['options.signal', sum2Kes, good, { signal }] as const),
  ]) {
    const verify = wrongly(pool.verifyMany.bind(pool)) as (...given: readonly unknown[]) => unknown;
    expect(() => verify(...given)).toThrow(expect.objectContaining({ argument }));
  }
});
