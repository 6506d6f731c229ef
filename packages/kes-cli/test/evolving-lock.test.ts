/** Two runs on one key file exclude each other; a lock that a killed run left is recognised as stale. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { withLockFile } from '@evolock/cardano-kes';
import { waitUntilStopped } from '@evolock/memory-scan';
import { describe, expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { kes } from './support/kes.js';
import { periodOf, startRun } from './support/stopped-run.js';
import { makeKey } from './support/test-key.js';

const lock = (): string => inFolder('.kes.skey.evolock-lock');

function locks(): string[] {
  return readdirSync(inFolder()).filter((file) => file.includes('evolock-lock'));
}

describe.runIf(process.platform === 'linux')('a run that holds the lock', () => {
  it('makes another fail at once, which says who holds it', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const first = startRun(['evolve', path, '--to', '5', '--leave-node'], 'renameSync', 'SIGSTOP');
    try {
      await waitUntilStopped(first.pid!, { timeout: 30_000 });
      expect(locks()).toHaveLength(1);
      const second = await kes(['evolve', path, '--to', '7', '--leave-node']);
      expect(second).toMatchObject({ code: 3, stdout: '' });
      expect(second.stderr).toBe(
        `kes: error: ${lock()}: this lock is held by another run, which is at work on the file: wait until it ends (process ${first.pid})\n`,
      );
      expect(periodOf(path, verificationKey)).toBe(0);
      // Another way to the same file is no way around the lock.
      mkdirSync(inFolder('other'));
      symlinkSync(inFolder(), inFolder('other', 'way'));
      const around = await kes([
        'evolve',
        inFolder('other', 'way', 'kes.skey'),
        '--to',
        '7',
        '--leave-node',
      ]);
      expect(around.code).toBe(3);
      first.kill('SIGCONT');
      await once(first, 'close');
      expect(periodOf(path, verificationKey)).toBe(5);
      expect(locks()).toEqual([]);
    } finally {
      first.kill('SIGKILL');
    }
  });
});

it('of many runs at once each evolves the key or says why not, and the key is whole', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  const targets = [3, 9, 12, 27, 40, 63];
  const runs = await Promise.all(
    targets.map((to) => kes(['evolve', path, '--to', String(to), '--leave-node'])),
  );
  // Another run held the lock, or had taken the key further already.
  for (const { code, stderr } of runs) {
    if (code !== 0)
      expect(stderr).toMatch(/held by another run|cannot go back|it was changed, or replaced/);
  }
  const reached = targets.filter((_to, index) => runs[index]?.code === 0);
  expect(periodOf(path, verificationKey)).toBe(Math.max(0, ...reached));
  expect(readdirSync(inFolder())).toEqual(['kes.skey']);
});

describe('a lock that was left', () => {
  /** Leaves the lock of another run, which was this process but for some facts. */
  function leave(path: string, facts: object): void {
    const own = withLockFile(path, () => readFileSync(lock(), 'utf8'));
    writeFileSync(lock(), JSON.stringify({ ...(JSON.parse(own) as object), ...facts }));
  }

  it.each([
    // Process ids end well below this one.
    ['by a process that has ended', { pid: 4_194_999 }],
    ['by a process whose id another process has now, which began later', { start: '1' }],
  ])('%s is stale', async (_what, facts) => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    leave(path, facts);
    expect(await kes(['evolve', path, '--to', '5', '--leave-node'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(periodOf(path, verificationKey)).toBe(5);
    expect(existsSync(lock())).toBe(false);
  });

  it.each([
    ['by a process that lives', {}, `(process ${process.pid})`],
    [
      'in another container',
      { pid: 4_194_999, pidNamespace: 'pid:[1]' },
      'of another container or of another start of this machine',
    ],
    ['on another machine', { pid: 4_194_999, host: 'relay-1' }, 'container relay-1)'],
  ])('%s is kept, and the error says what to do', async (_what, facts, holder) => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    leave(path, facts);
    const { code, stderr } = await kes(['evolve', path, '--to', '5', '--leave-node']);
    expect(code).toBe(3);
    expect(stderr.startsWith(`kes: error: ${lock()}: this lock is held by `)).toBe(true);
    expect(stderr).toContain(holder);
    expect(stderr.includes('remove the lock file')).toBe(holder !== `(process ${process.pid})`);
    expect(periodOf(path, verificationKey)).toBe(0);
  });
});

/** Why no process can be started in a process id namespace of its own; `undefined` when one can. */
function whyNoNamespace(): string | undefined {
  if (process.platform !== 'linux') return 'namespaces are of Linux';
  const { error, status, stderr } = spawnSync('unshare', [...NAMESPACE, 'true']);
  if (error !== undefined) return 'unshare is not installed';
  return status === 0 ? undefined : String(stderr).split('\n', 1)[0];
}

const NAMESPACE = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];
const reason = whyNoNamespace();

it.skipIf(reason !== undefined)(
  `runs in two process id namespaces exclude each other, and the key never goes back${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const first = startRun(['evolve', path, '--to', '5', '--leave-node'], 'renameSync', 'SIGSTOP');
    try {
      await waitUntilStopped(first.pid!, { timeout: 30_000 });
      const evolve = ['evolve', path, '--to', '10', '--leave-node'];
      const inNamespace = { before: ['unshare', ...NAMESPACE] };
      // There, the process of the lock has ended, or its id belongs to another.
      const second = await kes(evolve, inNamespace);
      expect(second).toMatchObject({ code: 3, stdout: '' });
      expect(second.stderr).toMatch(
        /evolock-lock: this lock is held by a run that cannot be checked/,
      );
      first.kill('SIGCONT');
      expect(await once(first, 'close')).toEqual([0, null]);
      expect(periodOf(path, verificationKey)).toBe(5);
      expect(await kes(evolve, inNamespace)).toMatchObject({ code: 0, stderr: '' });
      expect(periodOf(path, verificationKey)).toBe(10);
    } finally {
      first.kill('SIGKILL');
    }
  },
);
