/** The rows of sealed logs. Each is measured in processes of its own. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processor } from './chain.js';
import type { BesideBare, DelayResult, GrowthResult } from './children/sealed-log.js';
import { spreadOf } from './measure.js';
import { outputOf, resultOf, TemporaryFolder } from './processes.js';
import { atLeast, atMost, figureRow, skippedRow, timeRow, type Row, type Target } from './rows.js';

const COMMAND = fileURLToPath(
  new URL('bin/sealed-log.cjs', import.meta.resolve('@evolock/sealed-log/package.json')),
);

/** Measures a sealer, and verification with native code. */
export function sealedLogRows(short: boolean): Row[] {
  const [rounds, seconds, lines] = short ? [1, 1, 20_000] : [5, 10, 400_000];
  const repeated = <Result>(job: string, amount: number): Result[] =>
    Array.from({ length: rounds }, () => inFolder((run) => run(job, amount) as Result));
  const delays = repeated<DelayResult>('delay', seconds);
  const alone = spreadOf(delays.map((delay) => delay.alone)).median.toFixed(1);
  return [
    besideBare(
      'sealing 10,000 lines of 200 bytes a second, one seal a second: processor time a line',
      HASHES,
      repeated('seal', seconds),
      atMost(2.2),
    ),
    figureRow(
      'delay of the event loop of an application that logs 10,000 lines a second, added by a sealer',
      'ms',
      delays.map((delay) => delay.beside - delay.alone),
      `the 99th of 100 delays; without a sealer ${alone} ms`,
      atMost(1),
    ),
    besideBare(
      'verifySealedLog with native code, 10,000 lines a seal: a line',
      HASHES,
      repeated('verify', lines),
      atMost(1.5),
    ),
    coresRow(rounds, short ? 20_000 : 2_000_000),
    ...growthRows(short),
  ];
}

const HASHES = 'two SHA-256 of node:crypto, and reading';

function besideBare(
  operation: string,
  beside: string,
  results: readonly BesideBare[],
  target: Target,
): Row {
  const series = (name: string, key: keyof BesideBare) => ({
    name,
    rounds: results.map((result) => result[key] * 1_000),
  });
  return timeRow({ operation, target }, [series(operation, 'subject'), series(beside, 'bare')]);
}

/** The command on two processors, beside one. */
function coresRow(rounds: number, lines: number): Row {
  const operation = 'sealed-log verify on two processors, a line';
  if (process.platform !== 'linux' || availableParallelism() < 2)
    return skippedRow(operation, 'it needs Linux and two processors');
  return inFolder((run, log) => {
    const key = run('make', lines) as string;
    const verify = [process.execPath, COMMAND, 'verify', log, '--key', key, '--max-age', '7d'];
    const timeOf = (line: readonly string[]): number => {
      const start = performance.now();
      outputOf(line);
      return (performance.now() - start) / lines;
    };
    const results = Array.from({ length: rounds }, () => ({
      subject: timeOf([...verify, '--threads', '2']),
      bare: timeOf(['taskset', '-c', processor(), ...verify, '--threads', '1']),
    }));
    return besideBare(operation, 'on one', results, atLeast(1.7));
  });
}

/** The memory of a sealer and of a verifier of a log ten times as long, and the start of a sealer on it. */
function growthRows(short: boolean): Row[] {
  const many = short ? 100_000 : 10_000_000;
  // The moment of a collection moves the memory of a process by as much as is allowed.
  const rounds = Array.from({ length: short ? 1 : 5 }, () => ({
    small: growthOf(many / 10),
    large: growthOf(many),
  }));
  const count = many.toLocaleString('en');
  const median = (size: 'small' | 'large', what: keyof Growth) =>
    spreadOf(rounds.map((round) => round[size][what])).median.toFixed(0);
  const memoryRow = (who: 'sealer' | 'verifier', what: string) =>
    figureRow(
      `memory of ${what} at ${count} lines`,
      '× at a tenth',
      rounds.map(({ small, large }) => large[who] / small[who]),
      `the most of the process: ${median('large', who)} MiB, at a tenth ${median('small', who)} MiB`,
      atMost(1.05),
    );
  return [
    memoryRow('sealer', 'an application with a sealer'),
    memoryRow('verifier', 'sealed-log verify'),
    figureRow(
      `start of a sealer at ${count} lines`,
      'ms',
      rounds.map(({ large }) => large.start),
      `to its first seal; at a tenth ${median('small', 'start')} ms`,
      atMost(1_000),
    ),
  ];
}

interface Growth {
  /** The most memory of a process that makes a log with a sealer, in MiB. */
  readonly sealer: number;
  /** The same of the command that verifies the log. */
  readonly verifier: number;
  /** Milliseconds of the next start. */
  readonly start: number;
}

function growthOf(lines: number): Growth {
  return inFolder((run, log) => {
    const { memory, verifierKey } = run('growth', lines) as GrowthResult;
    const verifier = memoryOfVerify(log, verifierKey);
    return { sealer: memory, verifier, start: run('start') as number };
  });
}

/** A log that is small is verified without threads, and a large one with some: for both there are as many. */
const VERIFY = ['--max-age', '7d', '--threads', '2'];

/** The most memory of the command, in MiB, as the system counts it. It tells at its end, and so does each of its threads. */
function memoryOfVerify(log: string, key: string): number {
  const told = 'process.on("exit", () => console.log("maxRSS", process.resourceUsage().maxRSS))';
  const line = [process.execPath, '--import', `data:text/javascript,${told}`, COMMAND];
  const output = outputOf([...line, 'verify', log, '--key', key, ...VERIFY]);
  const kib = [...output.matchAll(/^maxRSS (\d+)$/gm)].map(([, most]) => Number(most));
  return Math.max(...kib) / 1_024;
}

type Run = (job: string, amount?: number | string) => unknown;

/** Uses a folder of a log, in which jobs run one after the other. */
function inFolder<Result>(use: (run: Run, log: string) => Result): Result {
  using folder = new TemporaryFolder();
  const run: Run = (job, amount = '') =>
    resultOf('sealed-log', { arguments: [job, folder.path, String(amount)] });
  return use(run, join(folder.path, 'bench.log'));
}
