/**
 * The process that counts the bytes that calls leave on the heap. The young generation is so large that no collection
 * runs during the count. Needs `--expose-gc` and a large semi-space: see `processes.long.test.ts`.
 */
import { getHeapStatistics } from 'node:v8';
import { compactSum6Kes, sum6Kes } from '@evolock/kes-sum';
import { newKey } from '../new-key.js';

const CALLS = 10_000;
const WARM_UP = 10_000;
/** The number of counts, of which the least is taken, because the engine sometimes allocates on the heap itself. */
const REPEATS = 12;

const { gc } = globalThis;
if (gc === undefined) throw new Error('needs --expose-gc');

/** Bytes that each of many calls leaves on the heap. */
function bytesOf(run: () => unknown): number {
  for (let done = 0; done < WARM_UP; done += 1) run();
  let least = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    gc!();
    const before = getHeapStatistics().used_heap_size;
    for (let done = 0; done < CALLS; done += 1) run();
    const after = getHeapStatistics().used_heap_size;
    least = Math.min(least, (after - before) / CALLS);
  }
  return least;
}

const message = new Uint8Array(256).fill(3);
const sum = newKey(sum6Kes);
const compact = newKey(compactSum6Kes);
const verificationKey = sum.deriveVerificationKey();
const signature = sum.sign(message);
const compactSignature = compact.sign(message);

/** Bytes for each call: what a call leaves, less its result, which is not garbage. */
const results = {
  'Sum6 sign': bytesOf(() => sum.sign(message)) - bytesOf(() => signature.slice()),
  'CompactSum6 sign':
    bytesOf(() => compact.sign(message)) - bytesOf(() => compactSignature.slice()),
  'Sum6 verify': bytesOf(() => sum6Kes.verify(verificationKey, 0, message, signature)),
  // What the count has to notice.
  'one small array': bytesOf(() => new Uint8Array(1)),
};
sum.release();
compact.release();
console.log(JSON.stringify(results));

/** Bytes by operation. */
export type Allocations = typeof results;
