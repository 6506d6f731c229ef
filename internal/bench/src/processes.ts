/** The rows that are measured in processes of their own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyMany } from '@evolock/kes-sum';
import { KesVerifyPool } from '@evolock/verify-threads/signatures';
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { KES } from './chain.js';
import type { KeysResult } from './children/keys.js';
import { goodItems, sum6 } from './keys.js';
import { measure, spreadOf, timed, type Effort } from './measure.js';
import { atLeast, atMost, figureRow, skippedRow, timeRow, type Row } from './rows.js';

const KIB = 1_024;

/** A temporary folder. It is removed with everything in it. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'evolock-bench-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/**
 * Runs a program of `children/`, and returns what it printed, which is JSON.
 *
 * @throws Error with its standard error when it fails.
 */
export function resultOf(
  name: string,
  launch: {
    readonly arguments?: readonly string[];
    /** Options of node. */
    readonly flags?: readonly string[];
    /** The words before `node` on the command line: a change of user, a limit. */
    readonly prefix?: readonly string[];
  } = {},
): unknown {
  const { prefix = [], flags = [], arguments: rest = [] } = launch;
  const program = fileURLToPath(new URL(`../dist/children/${name}.js`, import.meta.url));
  return JSON.parse(outputOf([...prefix, process.execPath, ...flags, program, ...rest])) as unknown;
}

/**
 * Runs a program, and returns its standard output.
 *
 * @throws Error with its standard error when it fails.
 */
export function outputOf([program = '', ...rest]: readonly string[], cwd?: string): string {
  const options = { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) } as const;
  const { status, stdout, stderr, error } = spawnSync(program, rest, options);
  if (error) throw error;
  if (status !== 0) throw new Error(`${rest.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}

/** Live keys under a lock limit of 8 MiB. */
export function keysRow(short: boolean): Row {
  const limit = short ? 256 : 8 * KIB;
  const operation = `live Sum6 keys under ${short ? '256 KiB' : '8 MiB'}, ordinary user`;
  const reason = whyNoOrdinaryUser({ lockLimit: limit });
  if (reason !== undefined) return skippedRow(operation, reason);
  const result = resultOf('keys', { prefix: asOrdinaryUser(limit) }) as KeysResult;
  const { keys, keyBytes, lockedBytes, proved, user } = result;
  if (!proved || lockedBytes < keyBytes || user === 0)
    throw new Error(`${keys} keys of ${keyBytes} bytes, ${lockedBytes} locked`);
  const [needed, held] = [keyBytes, lockedBytes].map((bytes) => Math.round(bytes / KIB));
  const note = `all signed; ${needed} KiB of keys, ${held} KiB held locked by the kernel`;
  return figureRow(operation, 'keys', [keys], note, atLeast(short ? 900 : 30_000));
}

/** The bytes of a live key outside locked memory. */
export function memoryRow(short: boolean): Row {
  const count = String(short ? 50 : 2_000);
  const launch = { flags: ['--expose-gc'], arguments: [count] };
  const runs = repeated(short ? 1 : 3, () => resultOf('memory', launch) as { bytes: number });
  const kib = runs.map(({ bytes }) => bytes / KIB);
  const note = `${count} keys, heapUsed and external less what is locked`;
  return figureRow('memory of a live Sum6 key, with its table', 'KiB', kib, note, atMost(6));
}

/** The time to load the package. */
export function importRow(short: boolean): Row {
  const script = `
    const load = async (name) => {
      const start = performance.now();
      await import(name);
      return performance.now() - start;
    };
    console.log(JSON.stringify([await load('sodium-native'), await load('@evolock/kes-sum')]));
  `;
  const line = [process.execPath, '--input-type=module', '--eval', script];
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const runs = repeated(
    short ? 1 : 15,
    () => JSON.parse(outputOf(line, folder)) as [number, number],
  );
  return figureRow(
    'import of @evolock/kes-sum, above sodium-native',
    'ms',
    runs.map(([, kesSum]) => kesSum),
    `sodium-native itself ${spreadOf(runs.map(([sodium]) => sodium)).median.toFixed(0)} ms`,
    atMost(30),
  );
}

/** The processor time of short runs of the command, as multiples of that of an empty program of Node.js. */
export function startRows(short: boolean): Row[] {
  using folder = new TemporaryFolder();
  const run = (line: string, runs = 10): number =>
    processorTime(folder.path, line.split(' '), runs);
  const coldFiles = '--skey cold.skey --vkey cold.vkey --counter cold.counter';
  run(`${KES} keygen --skey kes.skey --vkey kes.vkey`, 1);
  run(`${KES} cold keygen ${coldFiles} --network preview`, 1);
  const cold = '--cold-skey cold.skey --counter cold.counter --network preview';
  const period = '--start-period 0 --force-period --out node.cert';
  run(`${KES} opcert issue --kes-vkey kes.vkey ${cold} ${period}`, 1);
  const commands = [
    '--help',
    'inspect kes.skey',
    'status --cert node.cert --network preview --slot 0',
  ].map((line) => ({ line, ratios: [] as number[] }));
  // Each round runs every command beside one empty program, so that all have the same noise.
  const node = repeated(short ? 1 : 15, () => {
    const empty = run('-e 0');
    for (const { line, ratios } of commands) ratios.push(run(`${KES} ${line}`) / empty);
    return empty;
  });
  const note = `node -e 0 itself ${spreadOf(node).median.toFixed(0)} ms; user and system time`;
  return commands.map(({ line, ratios }) => {
    const operation = `processor time of kes ${line.split(' ')[0] ?? ''}`;
    return figureRow(operation, '× node -e 0', ratios, note, atMost(2));
  });
}

/** Milliseconds of user and system time. The shell counts in hundredths of a second, so a program runs several times. */
function processorTime(folder: string, line: readonly string[], runs: number): number {
  const script = `for run in ${repeated(runs, () => 'x').join(' ')}; do "$@" > output || exit 1; done; times`;
  const output = outputOf(['sh', '-c', script, 'sh', process.execPath, ...line], folder);
  const children = output.trim().split('\n').at(-1) ?? '';
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  const seconds = times.map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest));
  return (seconds.reduce((sum, one) => sum + one, 0) * 1_000) / runs;
}

/** The time in which an agent hands out its key. */
export function agentRow(short: boolean): Row {
  const toKey = resultOf('agent', { arguments: [short ? '2' : '200'] }) as number[];
  const note = 'the client checks the key, which costs a key generation';
  return figureRow('agent: connect to key in hand', 'ms', toKey, note, atMost(2));
}

/** The speed of verification with two threads, beside one. */
export async function poolRow(effort: Effort, short: boolean): Promise<Row> {
  const items = goodItems(short ? 512 : 16_384);
  const operation = `${items.length} verifications on 2 threads`;
  if (availableParallelism() < 2)
    return skippedRow(operation, 'this machine runs one thread at a time');
  const pool = await KesVerifyPool.start({ threads: 2 });
  const subject = timed('KesVerifyPool', async () => {
    const start = performance.now();
    for await (const verdict of pool.verifyMany(sum6, items))
      if (!verdict) throw new Error('a good signature was refused');
    return performance.now() - start;
  });
  const bare = timed('verifyMany, one thread', () => {
    const start = performance.now();
    verifyMany(sum6, items);
    return Promise.resolve(performance.now() - start);
  });
  try {
    const once = { ...effort, slice: 0, samples: 1, warmUp: short ? 0 : 1_000 };
    const series = await measure([subject, bare], once);
    return timeRow({ operation, target: atLeast(1.9) }, series);
  } finally {
    await pool.close();
  }
}

function repeated<Value>(count: number, value: () => Value): Value[] {
  return Array.from({ length: count }, value);
}
