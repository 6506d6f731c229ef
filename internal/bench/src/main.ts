/** The program of `npm run bench`: measures every operation beside its bare primitive, and prints one table. */
import { parseArgs } from 'node:util';
import { headerRows } from './headers.js';
import { keyPlans, ruleRows } from './keys.js';
import { measure, type Effort } from './measure.js';
import { Keep } from './new-key.js';
import { agentRow, importRow, keysRow, memoryRow, poolRow, startRows } from './processes.js';
import { markdownOf, timeRow, writeDocument, type Row } from './rows.js';
import { sealedLogRows } from './sealed-log.js';
import { vrfPlans } from './vrf.js';

const FULL: Effort = { rounds: 15, slice: 40, samples: 8, warmUp: 250 };
const SHORT: Effort = { rounds: 1, slice: 1, samples: 1, warmUp: 0 };

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({
  options: {
    // Shows that everything runs. Its figures have no meaning.
    short: flag,
    // Writes the table into docs/measured/performance.md.
    document: flag,
  },
});
const { short } = values;
if (short && values.document) throw new Error('a short measurement is too inexact for a document');
const effort = short ? SHORT : FULL;

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`);
}

async function timeRows(): Promise<Row[]> {
  using keep = new Keep();
  const rows: Row[] = [];
  for (const plan of [...(await keyPlans(keep)), ...vrfPlans(keep)]) {
    progress(plan.operation);
    const { subject, bare, primitive, peers = [] } = plan;
    const candidates = [subject, bare, ...(primitive === undefined ? [] : [primitive]), ...peers];
    const own = short ? effort : { ...effort, ...plan.effort };
    rows.push(timeRow(plan, await measure(candidates, own)));
  }
  return rows;
}

const parts: readonly (readonly [what: string, rows: () => Row[] | Promise<Row[]>])[] = [
  ['keys', timeRows],
  ['threads', async () => [await poolRow(short ? SHORT : { ...FULL, rounds: 7 }, short)]],
  ['headers', () => headerRows(short ? SHORT : { ...FULL, rounds: 3 }, short)],
  ['rules', () => ruleRows(effort)],
  ['processes', () => [keysRow(short), memoryRow(short), importRow(short), ...startRows(short)]],
  ['agent', () => [agentRow(short)]],
  ['sealed logs', () => sealedLogRows(short)],
];
const rows: Row[] = [];
for (const [what, measured] of parts) {
  progress(what);
  rows.push(...(await measured()));
}
progress('');

// A short run shows that the table can be made, too.
const tables = markdownOf(rows);
if (values.document) writeDocument(tables);
const judged = rows.filter(({ holds }) => holds !== undefined);
const kept = judged.filter(({ holds }) => holds);
console.log(
  short
    ? `A short run, whose figures have no meaning:\n${rows.map(({ operation }) => operation).join('\n')}`
    : `${tables}\n\n${kept.length} of ${judged.length} targets hold`,
);
