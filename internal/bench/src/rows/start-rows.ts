/** How long short runs of the command take, beside an empty program of Node.js. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spreadOf } from '../timing/statistics.js';
import { figureRow, type FigureRow, type Target } from './row.js';

const kes = fileURLToPath(
  new URL('bin/kes.cjs', import.meta.resolve('@evolock/kes-cli/package.json')),
);

const atMostTwice: Target = { kind: 'at most', value: 2 };

/** The processor time of `kes --help`, `kes inspect` and `kes status`, as multiples of that of `node -e 0`. */
export function startRows(short: boolean): FigureRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-bench-'));
  try {
    makeFiles(folder);
    return rowsIn(folder, short ? 1 : 15);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeFiles(folder: string): void {
  const network = ['--network', 'preview'];
  const keys = ['--skey', 'kes.skey', '--vkey', 'kes.vkey'];
  const cold = ['--cold-skey', 'cold.skey', '--counter', 'cold.counter'];
  const coldFiles = ['--skey', 'cold.skey', '--vkey', 'cold.vkey', '--counter', 'cold.counter'];
  const period = ['--start-period', '0', '--force-period', '--out', 'node.cert'];
  runIn(folder, [kes, 'keygen', ...keys], 1);
  runIn(folder, [kes, 'cold', 'keygen', ...coldFiles, ...network], 1);
  const issue = ['opcert', 'issue', '--kes-vkey', 'kes.vkey', ...cold, ...network, ...period];
  runIn(folder, [kes, ...issue], 1);
}

function rowsIn(folder: string, rounds: number): FigureRow[] {
  const node: number[] = [];
  const commands = [
    ['--help'],
    ['inspect', 'kes.skey'],
    ['status', '--cert', 'node.cert', '--network', 'preview', '--slot', '0'],
  ].map((line) => ({ line, ratios: [] as number[] }));
  // Each round runs every command beside one empty program, so that all have the same noise.
  for (let round = 0; round < rounds; round += 1) {
    const empty = runIn(folder, ['-e', '0']);
    node.push(empty);
    for (const { line, ratios } of commands) ratios.push(runIn(folder, [kes, ...line]) / empty);
  }
  const note = `node -e 0 itself ${spreadOf(node).median.toFixed(0)} ms; user and system time`;
  return commands.map(({ line: [first = ''], ratios }) =>
    figureRow(`processor time of kes ${first}`, '× node -e 0', ratios, atMostTwice, note),
  );
}

/** Runs of one program a round: the shell counts in hundredths of a second. */
const RUNS = 10;

/** Runs a program of Node.js several times, and returns its processor time in milliseconds. */
function runIn(folder: string, line: readonly string[], runs = RUNS): number {
  const script = `for run in ${Array.from({ length: runs }, (_, run) => run).join(' ')}; do
    "$@" > output || exit 1
  done; times`;
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', script, 'sh', process.execPath, ...line],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${line.join(' ')} ended with ${status}:\n${stderr}`);
  return millisecondsIn(stdout.trim().split('\n').at(-1) ?? '') / runs;
}

/** The user and the system time of all children: `0m1.25s 0m0.25s`. */
function millisecondsIn(times: string): number {
  let milliseconds = 0;
  for (const [, minutes, seconds] of times.matchAll(/(\d+)m([\d.]+)s/g)) {
    milliseconds += (Number(minutes) * 60 + Number(seconds)) * 1_000;
  }
  return milliseconds;
}
