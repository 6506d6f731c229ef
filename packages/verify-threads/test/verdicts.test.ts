import {
  verifyMany,
  type KesAlgorithm,
  type KesVerification,
  compactSumKesOfDepth,
  sumKesOfDepth,
} from '@evolock/kes-sum';
import { anyVerification, keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KesVerifyPool } from '../src/signatures.js';
import { collected, goodItems, message, repeated } from './items.js';

const compactSum2Kes = compactSumKesOfDepth(2);
const sum0Kes = sumKesOfDepth(0);
const sum2Kes = sumKesOfDepth(2);

let pool: KesVerifyPool;

beforeAll(async () => {
  pool = await KesVerifyPool.start({ threads: 2, batchSize: 5, maxBatches: 3 });
});
afterAll(() => pool.close());

async function* slowly<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  for (const item of items) {
    await new Promise(setImmediate);
    yield item;
  }
}

describe.each([sum0Kes, sum2Kes, compactSum2Kes])('$name', (algorithm: KesAlgorithm) => {
  const good = goodItems(algorithm);
  const anyItem = anyVerification(good);

  test.each([
    ['an array', <Item>(items: Item[]) => items],
    ['one that waits', slowly],
  ] as const)('says of %s what verifyMany says, in order', async (_, source) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { maxLength: 40 }), async (given) => {
        const items = given as KesVerification[];
        const verdicts = await collected(pool.verifyMany(algorithm, source(items)));
        expect(verdicts).toEqual(verifyMany(algorithm, items));
      }),
      { numRuns: 40 },
    );
  });
});

test('batches of the default size, with messages of every length', async () => {
  await using large = await KesVerifyPool.start({ threads: 2 });
  const [good] = goodItems(sum0Kes);
  const items = Array.from({ length: 700 }, (_, length) => ({
    ...good!,
    message: length === 350 ? message : new Uint8Array(20 * length),
  }));
  const verdicts = await collected(large.verifyMany(sum0Kes, items));
  expect(verdicts).toEqual(items.map((_, index) => index === 350));
});

test('a message of 4 GiB or more is false, also with a signature of its beginning', async () => {
  using key = keyOf(sum2Kes, seedOf(6));
  const empty = new Uint8Array();
  const verificationKey = key.deriveVerificationKey();
  const good = { verificationKey, period: 0, message: empty, signature: key.sign(empty) };
  // Its bytes are neither read nor copied.
  const endless = { ...good, message: new Uint8Array(2 ** 32) };
  const verdicts = await collected(pool.verifyMany(sum2Kes, [good, endless, good]));
  expect(verdicts).toEqual([true, false, true]);
});

test('an item is copied when it is taken', async () => {
  const [good] = goodItems(sum2Kes);
  function* items() {
    const item = { ...good!, signature: good!.signature.slice() };
    for (let count = 0; count < 12; count += 1) {
      yield item;
      item.signature.fill(count);
      yield good!;
      item.signature.set(good!.signature);
    }
  }
  const verdicts = await collected(pool.verifyMany(sum2Kes, items()));
  expect(verdicts).toEqual(Array.from({ length: 24 }, () => true));
});

test('streams of different algorithms run in one pool at once, each in order', async () => {
  const streams = [sum0Kes, sum2Kes, compactSum2Kes].map((algorithm: KesAlgorithm) => {
    const good = goodItems(algorithm);
    const bad = { ...good[0]!, message: new Uint8Array(3) };
    const items = [...repeated([...good, bad], 50)];
    return { verdicts: collected(pool.verifyMany(algorithm, items)), items, bad };
  });
  for (const { verdicts, items, bad } of streams) {
    expect(await verdicts).toEqual(items.map((item) => item !== bad));
  }
});
