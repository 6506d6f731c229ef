/**
 * The processes of the rows of sealed logs. The arguments are a job, the folder of the log, and how much there is of it. A job
 * prints its result as JSON.
 */
import { spawn } from 'node:child_process';
import { createHash, hash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { compactSumKesOfDepth } from '@evolock/kes-sum';
import { Sealer } from '@evolock/sealed-log';
import { verifySealedLog } from '@evolock/sealed-log/verify';

/** Milliseconds a line: of what is measured, and of reading the log with two hashes a line. */
export interface BesideBare {
  readonly subject: number;
  readonly bare: number;
}

/** The delay of an event loop that 1 in 100 exceeds, in milliseconds: beside a sealer, and without one. */
export interface DelayResult {
  readonly beside: number;
  readonly alone: number;
}

/** A log that was sealed. */
export interface GrowthResult {
  /** The most memory of the process, in MiB. */
  readonly memory: number;
  readonly verifierKey: string;
}

const LINE = `${'a line of a log, '.repeat(12).slice(0, 200)}\n`;
const LINES_A_SECOND = 10_000;
/** Lines of a seal, where seals are not made by the clock. */
const LINES_A_SEAL = 10_000;
/** Milliseconds between two writes. */
const WRITE = 10;
/** Milliseconds between two reads of a bare follower. */
const READ = 250;

const [job = '', folder = '', amount = '1'] = process.argv.slice(2);
const log = join(folder, 'bench.log');
const openSealer = () =>
  Sealer.open(log, {
    origin: 'example.com/bench',
    keyFile: join(folder, 'state', 'bench.key'),
    interval: 1,
  });

/** Appends lines at their rate, for some seconds. */
async function write(seconds: number): Promise<void> {
  const start = performance.now();
  for (let done = 0; done < seconds * LINES_A_SECOND;) {
    const passed = Math.min(seconds, (performance.now() - start) / 1_000);
    const due = Math.floor(passed * LINES_A_SECOND);
    appendFileSync(log, LINE.repeat(due - done));
    done = due;
    await pause(WRITE);
  }
}

/** Follows the log as a sealer does, and hashes each line and one node for it. Returns the number of new lines. */
function bareFollower(): () => number {
  const fd = openSync(log, 'r');
  const piece = Buffer.alloc(1 << 18);
  const node = new Uint8Array(65);
  let at = 0;
  return () => {
    for (let lines = 0; ;) {
      const end = readSync(fd, piece, 0, piece.length, at);
      let from = 0;
      for (let to = piece.indexOf(10); to >= 0 && to < end; to = piece.indexOf(10, from)) {
        hash('sha256', piece.subarray(from, to), 'buffer');
        hash('sha256', node, 'buffer');
        from = to + 1;
        lines += 1;
      }
      at += from;
      if (from === 0) return lines;
    }
  };
}

/** Milliseconds of processor time, of all threads. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The processor time of following, a line, while another process writes. */
async function whileWriting(follow: () => unknown): Promise<number> {
  const writer = spawn(process.execPath, [process.argv[1] ?? '', 'write', folder, amount]);
  const before = processorTime();
  await once(writer, 'close');
  await follow();
  return (processorTime() - before) / (Number(amount) * LINES_A_SECOND);
}

/** Both have read as many lines before. */
async function seal(): Promise<BesideBare> {
  appendFileSync(log, LINE.repeat(Number(amount) * LINES_A_SECOND));
  const sealer = await openSealer();
  await sealer.seal();
  const subject = await whileWriting(() => sealer.seal());
  await sealer.close();
  const follow = bareFollower();
  follow();
  const timer = setInterval(follow, READ);
  const bare = await whileWriting(follow);
  clearInterval(timer);
  return { subject, bare };
}

/** The event loop of an application that logs. */
async function delayOfLoop(): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await write(Number(amount));
  delay.disable();
  return delay.percentile(99) / 1e6;
}

async function delay(): Promise<DelayResult> {
  await delayOfLoop();
  const alone = await delayOfLoop();
  const sealer = await openSealer();
  await sealer.seal();
  const beside = await delayOfLoop();
  await sealer.close();
  return { beside, alone };
}

const sha256 = Object.assign(
  (bytes: Uint8Array) => Buffer.from(hash('sha256', bytes, 'binary'), 'binary'),
  { create: () => createHash('sha256') },
);
const cryptography = {
  sha256,
  kesOfDepth: (depth: number) => compactSumKesOfDepth(depth),
};

/** The pieces of a file, in memory that is used again. */
function* piecesOf(path: string): Generator<Uint8Array> {
  const fd = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(1 << 16);
    for (let size = 0; (size = readSync(fd, piece)) > 0;) yield piece.subarray(0, size);
  } finally {
    closeSync(fd);
  }
}

async function verifyWhole(verifierKey: string): Promise<void> {
  const verdict = await verifySealedLog({
    verifierKey,
    files: [piecesOf(log)],
    seals: piecesOf(`${log}.seals`),
    cryptography,
  });
  if (verdict.failure !== undefined) throw new Error(`the log is ${verdict.result}`);
}

/** Makes a log with as many lines, and a seal for each part of it. Returns its verifier key. */
async function make(part: string): Promise<string> {
  const sealer = await openSealer();
  const lines = part.split('\n').length - 1;
  // A string would become bytes, which wait for a collection, at each writing.
  const bytes = Buffer.from(part);
  for (let done = 0; done < Number(amount); done += lines) {
    appendFileSync(log, bytes);
    await sealer.seal();
  }
  await sealer.close();
  return sealer.verifierKey;
}

async function timeOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function verify(): Promise<BesideBare> {
  const verifierKey = await make(LINE.repeat(LINES_A_SEAL));
  const lines = Number(amount);
  await verifyWhole(verifierKey);
  bareFollower()();
  return {
    subject: (await timeOf(() => verifyWhole(verifierKey))) / lines,
    bare: (await timeOf(bareFollower())) / lines,
  };
}

/** The most memory of this process, in MiB. */
const memory = () => process.resourceUsage().maxRSS / 1_024;

/** Seals a log of short lines. */
async function growth(): Promise<GrowthResult> {
  const verifierKey = await make('a short line\n'.repeat(LINES_A_SEAL));
  return { memory: memory(), verifierKey };
}

/** Milliseconds from the start of a sealer to its first seal. */
async function start(): Promise<number> {
  const begin = performance.now();
  const sealer = await openSealer();
  await sealer.seal();
  const result = performance.now() - begin;
  await sealer.close();
  return result;
}

const jobs: Readonly<Record<string, () => unknown>> = {
  write: () => write(Number(amount)),
  seal,
  delay,
  make: () => make(LINE.repeat(LINES_A_SEAL)),
  verify,
  growth,
  start,
};
console.log(JSON.stringify((await jobs[job]?.()) ?? null));
