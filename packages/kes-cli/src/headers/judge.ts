/** Judges headers in threads. */
import { availableParallelism } from 'node:os';
import type { KesParameters, VerdictJson } from '@evolock/cardano-kes';
import { BytesPool } from '@evolock/kes-verify-pool';
import { STDIN } from '../cli/text.js';
import type { Entry } from './entries.js';
import { filesOf } from './files.js';

/** Bytes that one thread judges sooner than a second thread starts. */
const FEW_BYTES = 262_144;

/** Headers a batch: few enough to show verdicts soon, enough to keep a thread busy. */
const BATCH = 64;

/** The size of all files in bytes; `undefined` when one of them is a pipe. */
export function sizeOf(paths: readonly string[]): number | undefined {
  if (paths.includes(STDIN)) return undefined;
  let total = 0;
  for (const found of filesOf(paths)) {
    if ('result' in found) continue;
    if (found.size === undefined) return undefined;
    total += found.size;
  }
  return total;
}

/** An entry and its verdict. */
export interface Judged {
  readonly entry: Entry;
  /** Without meaning for an entry that was not read. */
  readonly verdict: VerdictJson;
}

/** What the threads need. */
export interface JudgeOptions {
  readonly parameters: KesParameters;
  /** The module that the threads load. */
  readonly worker: URL;
  /** The size of the input in bytes, if it is known. */
  readonly size: number | undefined;
}

/** The verdicts, in the order of the entries. */
export async function* judged(
  entries: AsyncIterable<Entry>,
  { parameters, worker, size }: JudgeOptions,
): AsyncGenerator<Judged, void, void> {
  const threads = size !== undefined && size <= FEW_BYTES ? 1 : availableParallelism();
  const options = { threads, batchSize: BATCH };
  const pool = await BytesPool.start<KesParameters, VerdictJson>(worker, options);
  const sent: Entry[] = [];
  // Entries that were not read go through the threads as well, without bytes. That keeps the order.
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    for await (const entry of entries) {
      sent.push(entry);
      yield 'bytes' in entry ? entry.bytes : new Uint8Array(0);
    }
  }
  try {
    for await (const verdict of pool.judgeMany(bytes(), parameters)) {
      const entry = sent.shift();
      if (entry !== undefined) yield { entry, verdict };
    }
  } finally {
    await pool.close();
  }
}
