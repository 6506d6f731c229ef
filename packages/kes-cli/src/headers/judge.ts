/** Judges headers in threads. */
import { availableParallelism } from 'node:os';
import type { KesParameters, VerdictJson } from '@evolock/cardano-kes';
import { BytesPool } from '@evolock/kes-verify-pool';
import { STDIN } from '../cli/text.js';
import type { Entry, Group } from './entries.js';
import { filesOf } from './files.js';
import { packed } from './group.js';

/** Bytes that one thread judges sooner than a second thread starts. */
const FEW_BYTES = 262_144;

/** Groups a batch: enough to keep a thread busy with files of one header each. */
const BATCH = 16;

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

/** The verdicts of each group, in the order of the entries. */
export async function* judged(
  groups: AsyncIterable<Group>,
  { parameters, worker, size }: JudgeOptions,
): AsyncGenerator<readonly Judged[], void, void> {
  const threads = size !== undefined && size <= FEW_BYTES ? 1 : availableParallelism();
  const options = { threads, batchSize: BATCH };
  const pool = await BytesPool.start<KesParameters, readonly VerdictJson[]>(worker, options);
  const sent: Group[] = [];
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    for await (const group of groups) {
      sent.push(group);
      yield packed(group.entries.map((entry) => ('bytes' in entry ? entry.bytes : NOTHING)));
    }
  }
  try {
    for await (const verdicts of pool.judgeMany(bytes(), parameters))
      yield judgedOf(sent.shift(), verdicts);
  } finally {
    await pool.close();
  }
}

/** Entries that were not read go through the threads as well, without bytes. That keeps the order. */
const NOTHING = new Uint8Array(0);

function judgedOf(group: Group | undefined, verdicts: readonly VerdictJson[]): Judged[] {
  return verdicts.flatMap((verdict, index) => {
    const entry = group?.entries[index];
    return entry === undefined ? [] : [{ entry, verdict }];
  });
}
