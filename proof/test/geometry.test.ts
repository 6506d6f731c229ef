import { readFileSync } from 'node:fs';
import { readMappings, scanProcess, type Mapping } from '@evolock/memory-scan';
import { expect, test } from 'vitest';
import { operationOf } from '../src/all-operations.js';
import { runToTheEnd, withStoppedProcess, type Launch } from '../src/child-process.js';
import { launchOf, randomSecret, withFolder } from '../src/prove.js';

/** What the kernel says of a process that holds keys in the pool and in a mapping of their own. */
async function geometry(): Promise<{ all: Mapping[]; secret: Mapping[]; locked: number }> {
  const operation = operationOf('dumps: keys in the pool and in a mapping of their own');
  const secret = randomSecret(operation.expects);
  return withFolder((folder) =>
    withStoppedProcess(launchOf(operation, folder, secret), (pid) => {
      const live = secret.needles.all.filter(({ name }) => secret.needles.live.has(name));
      const found = scanProcess(pid, live, { encodings: ['raw'] }).findings;
      const starts = new Set(found.map(({ mapping }) => mapping.start));
      const all = readMappings(pid);
      return {
        all,
        secret: all.filter(({ start }) => starts.has(start)),
        locked: lockedMemory(pid),
      };
    }),
  );
}

/** VmLck, bytes: proc_pid_status(5). */
function lockedMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return 1024 * Number(/^VmLck:\s*(\d+) kB$/m.exec(status)?.[1]);
}

test('every region with a secret is locked, not dumped, and between guard pages', async () => {
  const { all, secret, locked } = await geometry();
  // The pool's and the one of the clone; they may be neighbours, but never the same.
  expect(secret.length).toBeGreaterThanOrEqual(2);
  for (const mapping of secret) {
    expect(mapping).toMatchObject({ permissions: 'rw-p', locked: true, dumped: false, name: '' });
    const before = all.find(({ end }) => end === mapping.start);
    const behind = all.find(({ start }) => start === mapping.end);
    expect([before?.permissions, behind?.permissions]).toEqual(['---p', '---p']);
  }
  const regions = all.filter((mapping) => mapping.locked);
  expect(locked).toBe(regions.reduce((sum, { size }) => sum + size, 0));
  expect(locked).toBeGreaterThan(0);
});

function launch(name: string, folder: string): Launch {
  const operation = operationOf(`guard pages: ${name}`);
  return launchOf(operation, folder, randomSecret(operation.expects));
}

test.each(['reading to the end', 'writing to the end'])('%s is possible', async (name) => {
  const stopped = withFolder((folder) => withStoppedProcess(launch(name, folder), () => 'stopped'));
  await expect(stopped).resolves.toBe('stopped');
});

test.each(['reading a byte behind the end', 'writing behind the end'])(
  '%s kills the process',
  async (name) => {
    const end = await withFolder((folder) => runToTheEnd(launch(name, folder)));
    expect(end).toMatchObject({ status: null, signal: 'SIGSEGV' });
  },
);
