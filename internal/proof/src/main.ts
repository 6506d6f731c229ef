/** The program of `npm run proof`. It scans every operation in a separate process and prints the tables. */
import { parseArgs } from 'node:util';
import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { operations } from './operations/all.js';
import { controls } from './operations/controls.js';
import type { Operation } from './operations/operation.js';
import { document, problemsOf, tablesOf, type Row } from './report.js';
import { prove, SHORT_WARM_UP, WARM_UP } from './scan/prove.js';
import { prefixOf, USERS, type User } from './scan/process.js';

const { values } = parseArgs({
  options: {
    // Writes the tables into docs/measured/proof.md, if everything holds.
    document: { type: 'boolean', default: false },
  },
});
if (process.platform !== 'linux')
  throw new Error(`the memory of a process can be scanned on Linux only: ${process.platform}`);
const impossible = whyNoOrdinaryUser();
if (impossible !== undefined) console.error(`no scans as an ordinary user: ${impossible}`);
const users: readonly User[] = impossible === undefined ? USERS : ['as started'];

const begin = performance.now();
const found = await inOrder(
  controls.map((control) => () => rowsOf(control, 'fresh', 'as started')),
);
const rows = await inOrder(operations.filter(({ aside }) => aside !== true).flatMap(jobsOf));
const problems = problemsOf(rows, found);
const tables = tablesOf(rows, found);
const seconds = Math.round((performance.now() - begin) / 1000);
console.log([tables, '', `${seconds} s`, ...problems].join('\n'));
if (problems.length > 0) process.exitCode = 1;
else if (values.document) document(rows, tables);

/** What proves an operation: fresh and warm, as each user. */
function jobsOf(operation: Operation): (() => Promise<Row[]>)[] {
  const processes = operation.once === true ? (['fresh'] as const) : (['fresh', 'warm'] as const);
  return users.flatMap((user) =>
    processes.map((process) => () => rowsOf(operation, process, user)),
  );
}

async function rowsOf(operation: Operation, process: Row['process'], user: User): Promise<Row[]> {
  const times = user === 'ordinary' ? SHORT_WARM_UP : WARM_UP;
  const repetitions = process === 'warm' ? times : 0;
  const proved = await prove(operation, { repetitions, prefix: prefixOf(user, operation) });
  const { layer } = operation;
  return proved.map(([name, verdict]) => ({
    layer,
    operation: name,
    process,
    user,
    ...verdict,
  }));
}

/** Does all jobs, two at once: the next process starts while another one is scanned. Returns the rows in order. */
async function inOrder(jobs: readonly (() => Promise<Row[]>)[]): Promise<Row[]> {
  const rows: Row[][] = [];
  let next = 0;
  let finished = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < jobs.length; index = next++) {
      rows[index] = await jobs[index]!();
      finished += 1;
      progress(finished, jobs.length);
    }
  };
  await Promise.all([work(), work()]);
  return rows.flat();
}

/** Prints the progress when standard error is a terminal. */
function progress(finished: number, total: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${finished} of ${total}${finished === total ? '\n' : ''}`);
}
