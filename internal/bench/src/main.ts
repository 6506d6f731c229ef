/**
 * The program of `npm run bench`: measures every operation beside its bare primitive, and prints one table.
 */
import { DEEPEST, measureDepths } from './rows/depths.js';
import { document } from './report/document.js';
import { agentRows } from './rows/agent-rows.js';
import { headerRows } from './rows/header-rows.js';
import { importRow, keysRow, memoryRow } from './rows/figure-rows.js';
import { Keep } from './operations/bench-keys.js';
import { message, seedForPeers } from './operations/operations.js';
import { readOptions, USAGE, type Options } from './options.js';
import { peersFor } from './operations/peers.js';
import { plot } from './report/plot.js';
import { poolRow } from './rows/pool-plan.js';
import { withoutVerdicts, type Report } from './report/report.js';
import { measure, type Effort } from './timing/rounds.js';
import { startRows } from './rows/start-rows.js';
import { ruleCosts, type RuleCost } from './rows/rule-costs.js';
import { timeRow, type TimeRow } from './rows/row.js';
import { screenOf } from './report/screen.js';
import { thisSystem } from './report/system.js';
import { timePlans } from './rows/time-plans.js';

const FULL: Effort = { rounds: 15, slice: 40, samples: 8, warmUp: 250 };
const SHORT: Effort = { rounds: 1, slice: 1, samples: 1, warmUp: 0 };
const POOL_ROUNDS = 7;
const DEPTH_ROUNDS = 5;
const HEADER_ROUNDS = 3;
const SHORT_DEPTH = 3;

/** Whether the output is a terminal. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`);
}

async function timeRows(effort: Effort): Promise<TimeRow[]> {
  const keep = new Keep();
  const rows: TimeRow[] = [];
  try {
    for (const plan of timePlans(keep, await peersFor(seedForPeers, message))) {
      progress(plan.operation);
      const candidates = [plan.subject, plan.bare, ...plan.peers];
      const own = effort === FULL ? { ...effort, ...plan.effort } : effort;
      rows.push(timeRow(plan, await measure(candidates, own)));
    }
  } finally {
    keep.release();
  }
  return rows;
}

async function rulesOf(effort: Effort): Promise<RuleCost[]> {
  const keep = new Keep();
  try {
    return await ruleCosts(keep, effort);
  } finally {
    keep.release();
  }
}

async function report({ short, plot: withDepths }: Options): Promise<Report> {
  const begin = performance.now();
  const system = thisSystem();
  const effort = short ? SHORT : FULL;
  const times = await timeRows(effort);
  progress('threads');
  const pool = await poolRow(short ? SHORT : { ...FULL, rounds: POOL_ROUNDS }, short);
  progress('headers');
  const headers = await headerRows(short ? SHORT : { ...FULL, rounds: HEADER_ROUNDS }, short);
  progress('rules');
  const rules = await rulesOf(effort);
  progress('processes');
  const figures = [
    keysRow(short),
    memoryRow(short),
    importRow(short),
    ...startRows(short),
    ...agentRows(short),
    ...headers.figures,
  ];
  const depthEffort = short ? SHORT : { ...FULL, rounds: DEPTH_ROUNDS, slice: 20 };
  const deepest = short ? SHORT_DEPTH : DEEPEST;
  const depths =
    withDepths || short ? await measureDepths(depthEffort, deepest, () => progress('depths')) : [];
  progress('');
  const seconds = (performance.now() - begin) / 1000;
  const all = {
    system,
    seconds,
    short,
    times: [...times, pool, ...headers.times],
    figures,
    rules,
    depths,
  };
  return short ? withoutVerdicts(all) : all;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const measured = await report(options);
  console.log(options.json ? JSON.stringify(measured, undefined, 2) : screenOf(measured));
  // Standard output has the table alone.
  if (options.document) console.error(document(measured));
  if (options.plot && !options.short) console.error(plot(measured.depths));
  return 0;
}

process.exitCode = await main();
