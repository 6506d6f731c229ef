/**
 * The process that counts the bytes that calls leave on the heap. The young generation is so large that no collection
 * runs during the count. Needs `--expose-gc` and a large semi-space: see `processes.ts`.
 */
import { getHeapStatistics } from 'node:v8';
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import {
  allocateSlot,
  compactSum6Kes,
  sum6Kes,
  type KesAlgorithm,
  type KesSigningKey,
} from '@evolock/kes-sum';
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

interface Subject {
  readonly operation: string;
  readonly run: () => unknown;
  /** Makes the result of a call without the call. Absent when a call returns nothing on the heap. */
  readonly result?: () => unknown;
}

const message = new Uint8Array(256).fill(3);
const kept: KesSigningKey[] = [];

function keyOf(algorithm: KesAlgorithm): KesSigningKey {
  const key = newKey(algorithm);
  kept.push(key);
  return key;
}

function signing(operation: string, algorithm: KesAlgorithm): Subject {
  const key = keyOf(algorithm);
  const signature = new Uint8Array(algorithm.signatureSize);
  return { operation, run: () => key.sign(message), result: () => signature.slice() };
}

function subjects(): Subject[] {
  const key = keyOf(sum6Kes);
  const root = key.deriveVerificationKey();
  const signature = key.sign(message);
  const { unsoundBytes } = allocateSlot(sum6Kes.signingKeySize);
  return [
    signing('Sum6 sign', sum6Kes),
    signing('CompactSum6 sign', compactSum6Kes),
    { operation: 'Sum6 verify', run: () => sum6Kes.verify(root, 0, message, signature) },
    {
      operation: 'Sum6 directSerialise',
      run: () => directSerialiseBufChecked(unsoundBytes, key),
    },
    // A control that the count has to notice: one small array a call.
    { operation: 'control: one small array', run: () => new Uint8Array(1) },
  ];
}

const results = subjects().map(({ operation, run, result }) => ({
  operation,
  calls: CALLS,
  /** Bytes for each call, and those of its result, which is not garbage. */
  bytes: bytesOf(run),
  ofResult: result === undefined ? 0 : bytesOf(result),
}));
for (const key of kept) key.release();
console.log(JSON.stringify(results));

/** What an operation leaves on the heap. */
export type AllocationResult = (typeof results)[number];
