/** The rows of `kes header verify` over a chain in the database of a node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeChain } from '../chain/synthetic-chain.js';
import { verifyChain, type ChainRun } from '../chain/verify-chain.js';
import type { LoopResult } from '../processes/child-headers.js';
import { resultOf } from '../processes/child-process.js';
import { timed, type Candidate } from '../timing/candidate.js';
import { measure, type Effort } from '../timing/rounds.js';
import { figureRow, timeRow, type FigureRow, type SkippedRow, type TimeRow } from './row.js';

const POOLS = 100;
/** So many that the start of the process is a small part. */
const HEADERS = 120_000;
const SHORT_HEADERS = 1_200;

/** The rows of headers. */
export interface HeaderRows {
  readonly times: readonly (TimeRow | SkippedRow)[];
  readonly figures: readonly FigureRow[];
}

/** Measures the command beside a loop in one thread, two processors beside one, and the time of a header. */
export async function headerRows(effort: Effort, short: boolean): Promise<HeaderRows> {
  if (process.platform !== 'linux' || availableParallelism() < 2)
    return {
      times: [{ operation: OPERATION, skipped: 'it needs Linux and two processors' }],
      figures: [],
    };
  const headers = short ? SHORT_HEADERS : HEADERS;
  const folder = mkdtempSync(join(tmpdir(), 'bench-headers-'));
  try {
    writeChain(folder, { headers, pools: POOLS });
    return await measured(folder, headers, { ...effort, slice: 0, samples: 1, warmUp: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const OPERATION = 'kes header verify, a header, on one thread';

async function measured(folder: string, headers: number, effort: Effort): Promise<HeaderRows> {
  const kes: number[] = [];
  const oneThread = command('kes header verify', { folder, threads: 1 }, headers);
  const oneProcessor = command('on one', { folder, threads: 1, onOneProcessor: true }, headers);
  const two = command('kes header verify', { folder, threads: 2 }, headers);
  const loop = timed('parse, certificates once, KES verify', () => {
    const result = resultOf({ program: 'child-headers', arguments: [folder] }) as LoopResult;
    kes.push(result.kes);
    return Promise.resolve(result.loop / 1_000);
  });
  const all = await measure([oneThread, loop, two, oneProcessor], effort);
  const [inOne, inLoop, onTwo, onOne] = all as [Series, Series, Series, Series];
  const none = { peers: [], subject: oneThread, bare: loop };
  const most = { ...none, operation: OPERATION, target: { kind: 'at most', value: 1.15 } } as const;
  const operation = 'kes header verify, a header, on two processors';
  const least = { ...none, operation, target: { kind: 'at least', value: 1.8 } } as const;
  return {
    times: [timeRow(most, [inOne, inLoop]), timeRow(least, [onTwo, onOne])],
    figures: [headerFigure(inOne.rounds, kes, headers)],
  };
}

type Series = Awaited<ReturnType<typeof measure>>[number];

/** Milliseconds a header, with the start of the process. */
function command(name: string, run: ChainRun, headers: number): Candidate {
  return timed(name, async () => (await verifyChain(run, headers)).milliseconds / headers);
}

function headerFigure(
  rounds: readonly number[],
  kes: readonly number[],
  headers: number,
): FigureRow {
  const alone = [...kes].sort((one, other) => one - other)[Math.floor(kes.length / 2)] ?? 0;
  const note = `${headers} headers, start of the process included; the KES verification alone ${alone.toFixed(1)} µs`;
  return figureRow(
    'kes header verify, a header',
    'µs',
    rounds,
    { kind: 'at most', value: 65 },
    note,
  );
}
