/** `kes evolve`, killed by strace when it enters any system call that changes a file, leaves a whole key. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeKey, periodOf } from '../../support/files.js';
import { inFolder } from '../../support/folder.js';
import { program } from '../../support/processes/process.js';
import {
  callsIn,
  killedAt,
  noStrace,
  TRACE,
  visibleCalls,
} from '../../support/processes/stopped-run.js';

/** Runs `kes evolve --to 5` under strace, and returns the signal that ended it. */
async function evolve(options: readonly string[], path: string): Promise<string | undefined> {
  const evolving = ['evolve', path, '--to', '5', '--leave-node'];
  const line = [...TRACE, ...options, process.execPath, program, ...evolving];
  const child = spawn('strace', line, { stdio: 'ignore' });
  const [, signal] = (await once(child, 'close')) as [unknown, string | null];
  return signal ?? undefined;
}

test.skipIf(noStrace !== undefined)(
  `a whole key remains, killed at the start of any system call that changes a file${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const old = readFileSync(path);
    const log = inFolder('log');
    expect(await evolve(['-o', log], path)).toBeUndefined();
    const calls = callsIn(readFileSync(log, 'utf8'));
    const first = calls.findIndex(({ line }) => line.includes('.evolock-lock'));
    const last = calls.findLastIndex(({ line }) => line.includes('.evolock-lock'));
    expect(first).toBeGreaterThan(0);
    expect(calls.slice(first, last).map(({ name }) => name)).toContain('rename');

    const periods = new Set<number>();
    let killed = 0;
    const changes = visibleCalls(calls, first, last + 1);
    for (const index of changes) {
      for (const file of readdirSync(inFolder())) rmSync(inFolder(file));
      writeFileSync(path, old, { mode: 0o600 });
      const signal = await evolve(killedAt(calls, index), path);
      const period = periodOf(path, verificationKey);
      periods.add(period);
      if (signal !== undefined) killed += 1;
      // Calls on modules and /proc differ from run to run: a run can have fewer calls of that name, and is not killed.
      expect({ signal, period }).toEqual(
        signal === undefined ? { signal, period: 5 } : { signal: 'SIGKILL', period },
      );
    }
    expect([...periods].sort()).toEqual([0, 5]);
    expect(killed).toBeGreaterThan(changes.length / 2);
  },
);
