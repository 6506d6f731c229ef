import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readReservation } from '../../src/all.js';
import { counterAt, folder, issueWithCounter, requestWith } from '../support/files.js';

/** The result of a run, or the call at which it stopped. */
interface Said {
  readonly stopped?: string;
  readonly number?: number;
  readonly reason?: string;
  /** Its calls to the file system that concern locks. */
  readonly calls?: readonly string[];
}

const program = fileURLToPath(new URL('../support/stopping-child.mjs', import.meta.url));

/** A process that issues a certificate and stops before a given call. */
class StoppingRun {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(counterPath: string, stopAt: number | 'working') {
    const certificatePath = join(folder(), 'node.cert');
    const args = [program, counterPath, certificatePath, String(stopAt)];
    this.#child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async said(): Promise<Said> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the process ended without a report');
    return JSON.parse(value) as Said;
  }

  goOn(): void {
    this.#child.stdin.end('\n');
  }

  /** Kills it: it runs no cleanup. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit');
    }
  }
}

const FIRST = 5;

const newCounter = (): string => counterAt(BigInt(FIRST)).counterPath;

/** A counter with the lock of a run that was killed before it took a number. */
async function counterWithStaleLock(): Promise<string> {
  const path = newCounter();
  const run = new StoppingRun(path, 'working');
  expect(await run.said()).toEqual({ stopped: 'openSync' });
  await run.kill();
  expect(locksOf(path)).toEqual(['.cold.counter.evolock-lock']);
  return path;
}

function locksOf(path: string): string[] {
  return readdirSync(dirname(path)).filter((name) => name.includes('evolock-lock'));
}

/** Issues the next certificate; after a killed run that took a number, with that one. */
function issue(counterPath: string): number {
  const reuseNumber = readReservation(counterPath)?.number;
  const { certificate } = issueWithCounter({ ...requestWith(counterPath), reuseNumber });
  return Number(certificate.sequenceNumber);
}

async function callsAbout(path: string): Promise<readonly string[]> {
  const { number, calls } = await new StoppingRun(path, Infinity).said();
  expect(number).toBe(FIRST);
  return calls!;
}

const starts = [
  ['a free counter', newCounter],
  ['a counter with a stale lock', counterWithStaleLock],
] as const;

test.each(starts)(
  'a run that is killed before any call does not block the next run: %s',
  async (_name, start) => {
    const calls = await callsAbout(await start());
    expect(calls).toContain('linkSync');
    for (const [index, call] of calls.entries()) {
      const path = await start();
      const run = new StoppingRun(path, index + 1);
      expect(await run.said()).toEqual({ stopped: call });
      await run.kill();
      // The number of the killed run is used again, unless its certificate has it.
      expect([FIRST, FIRST + 1]).toContain(issue(path));
      expect(locksOf(path)).toEqual([]);
    }
  },
);

/** Stops one run at a call, starts another run until it works on the counter, and then continues both. */
async function interleaved(path: string, stopAt: number): Promise<Said[]> {
  const early = new StoppingRun(path, stopAt);
  expect(await early.said()).toHaveProperty('stopped');
  const late = new StoppingRun(path, 'working');
  const first = await late.said();
  early.goOn();
  const outcomes = [await early.said()];
  if (first.stopped === undefined) return [...outcomes, first];
  late.goOn();
  return [...outcomes, await late.said()];
}

test('of two runs that find a stale lock one gets it, at each interleaving', async () => {
  const calls = await callsAbout(await counterWithStaleLock());
  expect(calls).toContain('renameSync');
  for (const index of calls.keys()) {
    const path = await counterWithStaleLock();
    const outcomes = await interleaved(path, index + 1);
    const numbers = outcomes.flatMap(({ number }) => number ?? []);
    const refused = outcomes.flatMap(({ reason }) => reason ?? []);
    expect(numbers.length).toBeGreaterThan(0);
    expect(refused).toEqual(new Array(2 - numbers.length).fill('locked'));
    expect(new Set([...numbers, issue(path)]).size).toBe(numbers.length + 1);
    expect(locksOf(path)).toEqual([]);
  }
});
