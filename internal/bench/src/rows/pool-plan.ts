/** The speed of verification with two threads. */
import { availableParallelism } from 'node:os';
import { verifyMany } from '@evolock/kes-sum';
import { KesVerifyPool } from '@evolock/kes-verify-pool';
import { algorithmOf } from '../operations/bench-keys.js';
import { timed } from '../timing/candidate.js';
import { measure, type Effort } from '../timing/rounds.js';
import { timeRow, type Plan, type SkippedRow, type TimeRow } from './row.js';
import { goodItems } from './time-plans.js';

const THREADS = 2;
const ITEMS = 16_384;
const SHORT_ITEMS = 512;

/** Measures a pool of two threads beside a pool of one. */
export async function poolRow(effort: Effort, short: boolean): Promise<TimeRow | SkippedRow> {
  const items = goodItems(short ? SHORT_ITEMS : ITEMS);
  const operation = `${items.length} verifications on ${THREADS} threads`;
  if (availableParallelism() < THREADS) {
    return { operation, skipped: 'this machine runs one thread at a time' };
  }
  const algorithm = algorithmOf('sum', 6);
  const pool = await KesVerifyPool.start({ threads: THREADS });
  const inPool = timed('KesVerifyPool', async () => {
    const start = performance.now();
    for await (const verdict of pool.verifyMany(algorithm, items)) {
      if (!verdict) throw new Error('a good signature was refused');
    }
    return performance.now() - start;
  });
  const alone = timed('verifyMany, one thread', () => {
    const start = performance.now();
    verifyMany(algorithm, items);
    return Promise.resolve(performance.now() - start);
  });
  const plan: Plan = {
    operation,
    subject: inPool,
    bare: alone,
    target: { kind: 'at least', value: 1.9 },
    peers: [],
  };
  try {
    const once = { ...effort, slice: 0, samples: 1, warmUp: short ? 0 : 1000 };
    return timeRow(plan, await measure([inPool, alone], once));
  } finally {
    await pool.close();
  }
}
