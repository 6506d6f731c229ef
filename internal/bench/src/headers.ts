/** The rows of `kes header verify` over a chain in the database of a node. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { headersOf, verifyChain, writeChain, type ChainRun, type ChainSize } from './chain.js';
import type { LoopResult } from './children/headers.js';
import { measure, spreadOf, timed, type Candidate, type Effort } from './measure.js';
import { resultOf, TemporaryFolder } from './processes.js';
import { atLeast, atMost, figureRow, skippedRow, timeRow, type Row } from './rows.js';

/** Measures the command beside a loop in one thread, two processors beside one, and the time of a header. */
export async function headerRows(effort: Effort, short: boolean): Promise<Row[]> {
  if (process.platform !== 'linux' || availableParallelism() < 2)
    return [skippedRow('kes header verify', 'it needs Linux and two processors')];
  const runs = { ...effort, slice: 0, samples: 1, warmUp: 0 };
  // So many that the start of the process is a small part. A verdict with VRF takes seven times as long.
  const kes = { headers: short ? 1_200 : 120_000, pools: 100 };
  const whole = { headers: short ? 60 : 20_000, pools: 100, vrf: true };
  return [
    ...(await overChain(kes, (folder) => rowsOfKes(folder, kes.headers, runs))),
    ...(await overChain(whole, (folder) => rowsOfVrf(folder, whole.headers, runs))),
  ];
}

/** Writes a chain into a temporary folder, and uses it. */
export async function overChain<Result>(
  size: ChainSize,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  using temporary = new TemporaryFolder();
  const folder = join(temporary.path, 'immutable');
  writeChain(folder, size);
  return await use(folder);
}

/** Milliseconds a header, with the start of the process. */
function command(name: string, run: ChainRun, headers: number): Candidate {
  return timed(name, async () => (await verifyChain(run, headers)).milliseconds / headers);
}

async function rowsOfKes(folder: string, headers: number, effort: Effort): Promise<Row[]> {
  const kes: number[] = [];
  const one = command('kes header verify', { folder, threads: 1 }, headers);
  const two = command('kes header verify', { folder, threads: 2 }, headers);
  const onOne = command('on one', { folder, threads: 1, onOneProcessor: true }, headers);
  const loop = timed('parse, certificates once, KES verify', () => {
    const result = resultOf('headers', { arguments: [headersOf(folder)] }) as LoopResult;
    kes.push(result.kes);
    return Promise.resolve(result.loop / 1_000);
  });
  const series = await measure([one, loop, two, onOne], effort);
  const operation = 'kes header verify, a header';
  const note = `${headers} headers, start of the process included; the KES verification alone ${spreadOf(kes).median.toFixed(1)} µs`;
  return [
    timeRow({ operation: `${operation}, on one thread`, target: atMost(1.15) }, series.slice(0, 2)),
    timeRow(
      { operation: `${operation}, on two processors`, target: atLeast(1.8) },
      series.slice(2),
    ),
    figureRow(operation, 'µs', series[0]!.rounds, note, atMost(65)),
  ];
}

/** The whole verdict: certificate, KES signature and VRF proof, with the nonces of the epochs computed along the chain. */
async function rowsOfVrf(folder: string, headers: number, effort: Effort): Promise<Row[]> {
  const name = 'kes header verify --vrf';
  const two = command(name, { folder, threads: 2, vrf: true }, headers);
  const onOne = command('on one', { folder, threads: 1, onOneProcessor: true, vrf: true }, headers);
  const operation = `${name}, a header, on two processors`;
  return [timeRow({ operation, target: atLeast(1.8) }, await measure([two, onOne], effort))];
}
