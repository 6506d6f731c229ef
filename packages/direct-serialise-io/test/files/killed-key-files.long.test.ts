/** A process that is killed at any system call of a key file leaves a whole file, and the next open finds it. */
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { callsIn, killedAt, noStrace, traceOf, visibleCalls } from '@evolock/test-support/strace';
import { expect, test } from 'vitest';
import { KeyFile } from '../../src/index.js';
import { fileName } from '../support/files.js';
import { exitOf, runScript } from '../support/scripts.js';
import { toyAlgorithm, toySecret } from '../support/toy-key.js';

const TRACE = traceOf([
  ...['openat', 'write', 'pwrite64', 'ftruncate', 'fchmod'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
]);

/** Creates or opens the key, evolves it twice with a public byte that states the period, and retires or destroys it. */
const LIFE = (path: string): string => `
  const toy = (${toyAlgorithm.toString()})(MLockedBytes);
  const create = () => ({ key: toy.generate(1), publicBytes: Uint8Array.of(0) });
  const path = ${JSON.stringify(path)};
  const file = await io.KeyFile.open(path, toy, { create });
  await file.updateTo(1, Uint8Array.of(1));
  await file.updateTo(2, Uint8Array.of(2));
  await file.retire(Uint8Array.of(3));
  await file.destroy();
`;

/** The periods whose secret is in any file of the folder. */
function periodsIn(folder: string): number[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile());
  const contents = files.map(({ name }) => readFileSync(join(folder, name)));
  const secret = (period: number) => Buffer.alloc(16, toySecret(1, period));
  return [0, 1, 2].filter((period) => contents.some((each) => each.includes(secret(period))));
}

test.skipIf(noStrace !== undefined)(
  `a key file is whole, killed by strace at the start of any system call of its life${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async () => {
    const path = fileName();
    const folder = dirname(path);
    const log = `${fileName()}.log`;
    const run = (options: readonly string[]) =>
      exitOf(
        runScript(LIFE(path), {
          prefix: ['strace', '-f', '--signal=none', ...TRACE, ...options],
          stdio: ['ignore', 'ignore', 'ignore'],
          // strace counts the calls of each thread, and the flushes are made by threads of the pool.
          environment: { UV_THREADPOOL_SIZE: '1' },
        }),
      );
    expect(await run(['-o', log])).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    const lines = readFileSync(log, 'utf8').replaceAll(/^\d+ +/gm, '');
    const calls = callsIn(lines);
    const first = calls.findIndex(({ line }) => line.includes('.evolock-lock'));
    const last = calls.findLastIndex(({ line }) => line.includes('.evolock-lock'));
    const places = visibleCalls(calls, first, last);
    const names = new Set(places.map((index) => calls[index]?.name));
    for (const name of ['rename', 'unlink']) expect(names).toContain(name);

    const toy = toyAlgorithm(MLockedBytes);
    const states = new Set<string>();
    let killed = 0;
    for (const index of places) {
      const what = calls[index]?.line ?? '';
      if ((await run(killedAt(calls, index))) === 'SIGKILL') killed += 1;
      let found: string;
      try {
        const file = await KeyFile.open(path, toy);
        const period = file.hasKey ? file.key.period : 'none';
        found = `${String(period)}, beside it ${String(file.publicBytes[0])}`;
        // Nothing of another period is in the folder, nor of any when the key is retired.
        expect(periodsIn(folder), what).toEqual(period === 'none' ? [] : [period]);
        await file.destroy();
      } catch (error) {
        expect(error, what).toMatchObject({ reason: 'not-found' });
        found = 'no file';
      }
      states.add(found);
      expect(readdirSync(folder), what).toEqual([]);
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    }
    expect(states).toEqual(
      new Set([
        'no file',
        ...['0, beside it 0', '1, beside it 1', '2, beside it 2', 'none, beside it 3'],
      ]),
    );
    expect(killed).toBeGreaterThan(places.length / 2);
  },
);

/** The bytes of an open file, also when it has no name. */
function bytesOf(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  readSync(fd, bytes, 0, bytes.length, 0);
  return bytes;
}

test.skipIf(noStrace !== undefined)(
  `the old content of a key file is overwritten by the next open, killed at any system call of an evolution${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async () => {
    const path = fileName();
    const toy = toyAlgorithm(MLockedBytes);
    const prepare = async (): Promise<number> => {
      const options = { create: () => ({ key: toy.generate(1) }) };
      await (await KeyFile.open(path, toy, options)).close();
      return openSync(path, 'r');
    };
    const script = `
      const toy = (${toyAlgorithm.toString()})(MLockedBytes);
      const file = await io.KeyFile.open(${JSON.stringify(path)}, toy);
      await file.updateTo(1);
    `;
    const run = (options: readonly string[]) =>
      exitOf(
        runScript(script, {
          prefix: ['strace', '-f', '--signal=none', ...TRACE, ...options],
          stdio: ['ignore', 'ignore', 'ignore'],
          environment: { UV_THREADPOOL_SIZE: '1' },
        }),
      );
    const log = `${fileName()}.log`;
    closeSync(await prepare());
    expect(await run(['-o', log])).toBe(0);
    const calls = callsIn(readFileSync(log, 'utf8').replaceAll(/^\d+ +/gm, ''));
    const first = calls.findIndex(({ line }) => line.includes('.evolock-new'));
    const places = visibleCalls(calls, first, calls.length);
    const periods = new Set<number>();
    for (const index of places) {
      const what = calls[index]?.line ?? '';
      for (const name of readdirSync(dirname(path))) rmSync(join(dirname(path), name));
      const old = await prepare();
      await run(killedAt(calls, index));
      const file = await KeyFile.open(path, toy);
      const { period } = file.key;
      const isErased = bytesOf(old).every((byte) => byte === 0);
      expect(isErased, what).toBe(period === 1);
      periods.add(period);
      await file.destroy();
      closeSync(old);
      expect(readdirSync(dirname(path)), what).toEqual([]);
    }
    expect(periods).toEqual(new Set([0, 1]));
  },
);
