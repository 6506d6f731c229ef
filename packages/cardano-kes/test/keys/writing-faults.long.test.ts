import { dirname, join } from 'node:path';
import { pooledAllocator } from '@evolock/kes-sum/all';
import type * as fs from 'node:fs';
import { eraseLeftovers, leftoversOf } from '@evolock/direct-serialise-io/files';
import { RecordingAllocator } from '@evolock/test-support';
import { beforeEach, expect, test, vi } from 'vitest';
import { writeKesSigningKey } from '../../src/all.js';
import { folder } from '../support/files.js';
import { faults, type Moment } from '../support/faulty-fs.js';
import { kesKey } from '../support/keys.js';

vi.mock('node:fs', async (importOriginal) => {
  const { faulty } = await import('../support/faulty-fs.js');
  return faulty(await importOriginal<typeof fs>());
});

const real = await vi.importActual<typeof fs>('node:fs');

beforeEach(() => faults.reset());

function textAt(period: number): string {
  const path = join(folder(), 'kes.skey');
  writeKesSigningKey(path, kesKey({ period }));
  return real.readFileSync(path, 'utf8');
}

function contentOf(path: string): string | undefined {
  return real.existsSync(path) ? real.readFileSync(path, 'utf8') : undefined;
}

/** Removes locks: the process of a simulated kill continues, so its lock is not stale. */
function removeLocks(path: string): void {
  for (const name of real.readdirSync(dirname(path)))
    if (name.includes('.evolock-lock')) real.unlinkSync(join(dirname(path), name));
}

interface Run {
  readonly replace: boolean;
  readonly unsupported?: string;
}

function writeWithFault(failing: number, moment: Moment, { replace, unsupported }: Run) {
  const path = join(folder(), 'kes.skey');
  const old = textAt(0);
  const made = textAt(1);
  if (replace) real.writeFileSync(path, old, { mode: 0o600 });
  const log = new RecordingAllocator(pooledAllocator);
  const key = kesKey({ period: 1 });
  faults.reset();
  faults.failing = failing;
  faults.moment = moment;
  if (unsupported !== undefined) faults.unsupported.set(unsupported, 'EPERM');
  let error: { reason?: string; code?: string } | undefined;
  try {
    writeKesSigningKey(path, key, { replace, allocator: log });
  } catch (thrown) {
    error = thrown as { reason: string };
  }
  const { calls } = faults;
  faults.reset();
  return { path, old: replace ? old : undefined, made, error, calls, log };
}

// With links this is proved of any file, in direct-serialise-io.
test('when any call fails on a file system without links, the file contains the whole new key or none', () => {
  const run: Run = { replace: false, unsupported: 'linkSync' };
  const { calls } = writeWithFault(Infinity, 'before', run);
  expect(calls).toContain('renameSync');
  expect(calls.filter((name) => name === 'fsyncSync').length).toBeGreaterThan(1);
  for (const [index, name] of calls.entries()) {
    for (const moment of ['before', 'after'] as const) {
      const what = `${name} (call ${String(index + 1)}) failed ${moment} its effect`;
      const { path, made, error, log } = writeWithFault(index + 1, moment, run);
      const content = contentOf(path);
      const reason = error?.reason ?? '';
      // An empty file takes the name first.
      expect([undefined, '', made], what).toContain(content);
      if (error === undefined) expect(content, what).toBe(made);
      else expect(error.code, what).toBe('ERR_EVOLOCK_IO_FILE');
      if (['not-durable', 'second-name'].includes(reason)) expect(content, what).toBe(made);
      if (moment === 'before' && reason === 'system') expect(content, what).toBeUndefined();
      // A file whose creation reported a failure is empty.
      const left = leftoversOf(path).map(contentOf);
      if (!['left-behind', 'second-name', 'not-durable'].includes(reason))
        expect(
          left.filter((each) => each !== ''),
          what,
        ).toEqual([]);
      expect(log.live, what).toBe(0);
    }
  }
});

/** Files that no run of a write left. */
const others = ['.kes.skey.swp', '.kes.skey.evolock-new', 'kes.skey.0123456789ab.evolock-new'];

test.each<Run>([{ replace: true }, { replace: false }])(
  'a run that is killed before any call leaves the whole old or the whole new key; what it left is overwritten and removed, and no other file: %o',
  (run) => {
    const { calls } = writeWithFault(Infinity, 'before', run);
    const left = calls.map((name, index) => {
      const { path, old, made } = writeWithFault(index + 1, 'permanently', run);
      const what = `killed before ${name} (call ${String(index + 1)})`;
      // The lock gets its name by a link too, before the key.
      const renamed = index > calls.lastIndexOf(run.replace ? 'renameSync' : 'linkSync');
      const key = renamed ? made : old;
      expect(contentOf(path), what).toBe(key);
      removeLocks(path);
      for (const other of others) real.writeFileSync(join(dirname(path), other), 'x');
      // One may be a second name of the key that has its name, and is only removed.
      const unfinished = leftoversOf(path)
        .filter((each) => contentOf(each) !== key)
        .map((each) => real.openSync(each, 'r'));
      const leftovers = eraseLeftovers(path);
      for (const fd of unfinished) {
        expect(
          real.readFileSync(fd).every((byte) => byte === 0),
          what,
        ).toBe(true);
        real.closeSync(fd);
      }
      const there = key === undefined ? others : [...others, 'kes.skey'];
      expect(real.readdirSync(dirname(path)).sort(), what).toEqual([...there].sort());
      expect(contentOf(path), what).toBe(key);
      return leftovers.length;
    });
    // The unfinished file, and the second name of the old key.
    expect(Math.max(...left)).toBe(run.replace ? 2 : 1);
  },
);

test('a file is complete when each write takes a few bytes only', () => {
  faults.writeAtMost = 7;
  expect(textAt(1)).toContain('"cborHex"');
  expect(JSON.parse(textAt(1))).toMatchObject({ type: 'EvolockKesSigningKey_ed25519_kes_2^6' });
});

test('the old content is kept when the new name may not be on the disk', () => {
  const { calls } = writeWithFault(Infinity, 'before', { replace: true });
  const directoryFlush = calls.indexOf('fsyncSync', calls.indexOf('renameSync')) + 1;
  const path = join(folder(), 'kes.skey');
  writeKesSigningKey(path, kesKey({ period: 0 }));
  const before = real.readFileSync(path);
  const old = real.openSync(path, 'r');
  faults.reset();
  faults.failing = directoryFlush;
  expect(() => writeKesSigningKey(path, kesKey({ period: 1 }), { replace: true })).toThrow(
    expect.objectContaining({ reason: 'not-durable' }),
  );
  expect(real.readFileSync(old)).toEqual(before);
  real.closeSync(old);
});
