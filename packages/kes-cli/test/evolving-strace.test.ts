/** The same at the system calls themselves, by strace: killed on entering any of them, a whole key remains. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { program } from './support/kes.js';
import { periodOf } from './support/stopped-run.js';
import { makeKey } from './support/test-key.js';

/** Every system call by which a file can change, or be looked at. */
const CALLS = [
  ...['openat', 'close', 'read', 'pread64', 'write', 'pwrite64', 'fstat', 'statx', 'getdents64'],
  ...['fsync', 'fdatasync', 'ftruncate', 'fchmod', 'fchown', 'fcntl', 'ioctl', 'mkdir'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
];

function whyNoStrace(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : String(stderr).split('\n', 1)[0];
}

/** `kes evolve --to 5` under strace, and the signal that ended it. */
async function evolve(options: readonly string[], path: string): Promise<string | undefined> {
  // Unknown names of other processors are passed over.
  const trace = `trace=${CALLS.map((call) => `?${call}`).join(',')}`;
  const evolving = ['evolve', path, '--to', '5', '--leave-node'];
  const line = ['-e', trace, ...options, process.execPath, program, ...evolving];
  const child = spawn('strace', line, { stdio: 'ignore' });
  const [, signal] = (await once(child, 'close')) as [unknown, string | null];
  return signal ?? undefined;
}

const reason = process.platform === 'linux' ? whyNoStrace() : 'strace is of Linux';

it.skipIf(reason !== undefined)(
  `a whole key remains, killed on entering any system call on files${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 600_000 },
  async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const old = readFileSync(path);
    const log = inFolder('log');
    expect(await evolve(['-o', log], path)).toBeUndefined();
    const names = readFileSync(log, 'utf8')
      .split('\n')
      .map((line) => /^(\w+)\(/.exec(line)?.[1] ?? '');
    const lines = readFileSync(log, 'utf8').split('\n');
    const first = lines.findIndex((line) => line.includes('.evolock-lock'));
    const last = lines.findLastIndex((line) => line.includes('.evolock-lock'));
    expect(first).toBeGreaterThan(0);
    expect(names.slice(first, last)).toContain('rename');

    const periods = new Set<number>();
    let killed = 0;
    for (let index = first; index <= last + 1; index += 1) {
      const name = names[index] ?? '';
      // strace counts each system call by itself.
      const when = names.slice(0, index + 1).filter((each) => each === name).length;
      for (const file of readdirSync(inFolder())) rmSync(inFolder(file));
      writeFileSync(path, old, { mode: 0o600 });
      const inject = ['-o', '/dev/null', '-e', `inject=${name}:signal=KILL:when=${when}`];
      const signal = await evolve(inject, path);
      const period = periodOf(path, verificationKey);
      periods.add(period);
      if (signal !== undefined) killed += 1;
      // A run with fewer calls of that name, as the modules and /proc have it, comes to its end before it.
      expect({ signal, period }).toEqual(
        signal === undefined ? { signal, period: 5 } : { signal: 'SIGKILL', period },
      );
    }
    expect([...periods].sort()).toEqual([0, 5]);
    expect(killed).toBeGreaterThan((last - first) / 2);
  },
);
