/** Judges headers in threads. */
import { availableParallelism } from 'node:os';
import { serialize } from 'node:v8';
import {
  chunkOf,
  filesOf,
  numberOfChunk,
  STDIN,
  type ChainNonces,
  type GroupVerdicts,
  type HeaderGroup,
  type NoncesState,
} from '@evolock/cardano-kes/database';
import { BytesPool } from '@evolock/kes-verify-pool';
import type { GroupBytes, JudgeContext } from './worker.js';

/** Bytes that one thread judges sooner than a second thread starts. */
const FEW_BYTES = 262_144;

/** Groups a batch: enough to keep a thread busy with files of one header each. */
const BATCH = 16;

/** The size of all files in bytes, without chunks before a number; `undefined` when one of them is a pipe. */
export function sizeOf(paths: readonly string[], from = 0): number | undefined {
  if (paths.includes(STDIN)) return undefined;
  let total = 0;
  for (const found of filesOf(paths)) {
    if ('result' in found || (numberOfChunk(found.path) ?? from) < from) continue;
    if (found.size === undefined) return undefined;
    total += found.size;
  }
  return total;
}

export interface JudgedGroup extends GroupVerdicts {
  readonly group: HeaderGroup;
  readonly noncesBefore: NoncesState | undefined;
}

interface JudgeOptions {
  readonly context: JudgeContext;
  readonly nonces: ChainNonces | undefined;
  readonly worker: URL;
  readonly size: number | undefined;
  /** One thread for each processor when absent, and one for a small input. */
  readonly threads: number | undefined;
  /** Whether each verdict is shown: valid headers of a chunk are only counted otherwise. */
  readonly showsAll: boolean;
}

export async function* judged(
  groups: AsyncIterable<HeaderGroup>,
  { context, nonces, worker, size, threads, showsAll }: JudgeOptions,
): AsyncGenerator<JudgedGroup, void, void> {
  const usual = size !== undefined && size <= FEW_BYTES ? 1 : availableParallelism();
  const options = { threads: threads ?? usual, batchSize: BATCH };
  const pool = await BytesPool.start<JudgeContext, GroupVerdicts>(worker, options);
  const sent: Omit<JudgedGroup, keyof GroupVerdicts>[] = [];
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    for await (const group of groups) {
      sent.push({ group, noncesBefore: nonces?.state });
      const each = nonces?.of(group);
      // What is not read goes through the threads as well, without headers. That keeps the order.
      const cuts = 'passed' in group ? [] : group.cuts;
      const headers = cuts.map(({ bytes }, index) => ({ bytes, nonce: each?.[index] }));
      const onlyCounted = chunkOf(group) !== undefined && !showsAll;
      yield serialize({ headers, onlyCounted } satisfies GroupBytes);
    }
  }
  try {
    for await (const verdicts of pool.judgeMany(bytes(), context)) {
      const group = sent.shift();
      if (group !== undefined) yield { ...group, ...verdicts };
    }
  } finally {
    await pool.close();
  }
}
