/** The program of `npm run bench`: measures every operation beside its bare primitive, and prints one table. */
import { parseArgs } from 'node:util';
import { headerRows } from './headers.js';
import { keyPlans, ruleRows } from './keys.js';
import { measure, type Effort } from './measure.js';
import { Keep } from './new-key.js';
import { agentRow, importRow, keysRow, memoryRow, poolRow, startRows } from './processes.js';
import { markdownOf, screenOf, timeRow, writeDocument, type Row, type SkippedRow } from './rows.js';
import { sealedLogRows } from './sealed-log.js';
import { vrfPlans } from './vrf.js';

const FULL: Effort = { rounds: 15, slice: 40, samples: 8, warmUp: 250 };
const SHORT: Effort = { rounds: 1, slice: 1, samples: 1, warmUp: 0 };

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({
  options: {
    // Shows that everything runs. Its figures have no meaning.
    short: flag,
    json: flag,
    // Writes the table into docs/measured/performance.md.
    document: flag,
  },
});
const { short } = values;
if (short && values.document) throw new Error('a short measurement is too inexact for a document');

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`);
}

async function timeRows(effort: Effort): Promise<Row[]> {
  const keep = new Keep();
  const rows: Row[] = [];
  try {
    for (const plan of [...(await keyPlans(keep)), ...vrfPlans(keep)]) {
      progress(plan.operation);
      const own = short ? effort : { ...effort, ...plan.effort };
      const candidates = [plan.subject, plan.bare, ...(plan.peers ?? [])];
      rows.push(timeRow(plan, await measure(candidates, own)));
    }
  } finally {
    keep.release();
  }
  return rows;
}

async function allRows(): Promise<(Row | SkippedRow)[]> {
  const effort = short ? SHORT : FULL;
  const rows: (Row | SkippedRow)[] = await timeRows(effort);
  progress('threads');
  rows.push(await poolRow(short ? SHORT : { ...FULL, rounds: 7 }, short));
  progress('headers');
  rows.push(...(await headerRows(short ? SHORT : { ...FULL, rounds: 3 }, short)));
  progress('rules');
  rows.push(...(await ruleRows(effort)));
  progress('processes');
  rows.push(keysRow(short), memoryRow(short), importRow(short));
  rows.push(...startRows(short), agentRow(short));
  progress('sealed logs');
  rows.push(...sealedLogRows(short));
  return rows;
}

const rows = await allRows();
progress('');
// Rows without a verdict: a short measurement has none.
const shown = short ? rows.map((row) => ({ ...row, holds: undefined })) : rows;
console.log(values.json ? JSON.stringify(rows, undefined, 2) : screenOf(shown));
if (values.document) writeDocument(rows);
// A short run shows that the table of the documentation can be made, too.
if (short) markdownOf(rows);
