import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMappings, scanProcess, type Mapping } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { operationOf } from '../src/operations/all.js';
import { regionOperation, REGIONS } from '../src/operations/memory.js';
import { USERS, type User } from '../src/rows.js';
import { runToTheEnd, withStoppedProcess, type Launch } from '../src/scan/child-process.js';
import { launchOf, randomSecret, withFolder } from '../src/scan/prove.js';
import { as } from './statements.js';

/** The memory of a process as the kernel reports it. */
interface Geometry {
  readonly all: readonly Mapping[];
  /** The regions in which a live secret was found. */
  readonly secret: readonly Mapping[];
  /** VmLck, bytes. */
  readonly locked: number;
  /** The number of regions that the process reports. */
  readonly regions: number;
}

/** Reads the memory of a process that has every kind of region: used, empty, reserved, scratch, staging, separate. */
function geometry(user: User): Promise<Geometry> {
  const operation = regionOperation;
  const secret = randomSecret(operation.expects);
  const prefix = as(user, { lockLimit: ENOUGH });
  return withFolder(
    (folder) => {
      return withStoppedProcess(launchOf(operation, folder, secret, { prefix }), (pid) => {
        const live = secret.needles.all.filter(({ name }) => secret.needles.live.has(name));
        const found = scanProcess(pid, live, { encodings: ['raw'] }).findings;
        const starts = new Set(found.map(({ mapping }) => mapping.start));
        const all = readMappings(pid);
        return {
          all,
          secret: all.filter(({ start }) => starts.has(start)),
          locked: lockedMemory(pid),
          regions: Number(readFileSync(join(folder, REGIONS), 'utf8')),
        };
      });
    },
    { prefix },
  );
}

/** In KiB. */
const ENOUGH = 4_096;

/** VmLck in bytes. Source: proc_pid_status(5). */
function lockedMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return 1024 * Number(/^VmLck:\s*(\d+) kB$/m.exec(status)?.[1]);
}

describe.each(USERS)('%s', (user) => {
  test('every region is locked, not dumped, and between guard pages, secrets in it or not', async () => {
    const { all, secret, locked, regions } = await geometry(user);
    const found = all.filter((mapping) => mapping.locked);
    expect(found).toHaveLength(regions);
    for (const mapping of found) {
      expect(mapping).toMatchObject({ permissions: 'rw-p', dumped: false, name: '' });
      const before = all.find(({ end }) => end === mapping.start);
      const behind = all.find(({ start }) => start === mapping.end);
      expect([before?.permissions, behind?.permissions]).toEqual(['---p', '---p']);
    }
    expect(locked).toBe(found.reduce((sum, { size }) => sum + size, 0));
    // The region of the pool and the region of the clone may be adjacent, but they are never the same.
    expect(secret.length).toBeGreaterThanOrEqual(2);
    expect(found).toEqual(expect.arrayContaining([...secret]));
  });
});

function launch(name: string, folder: string): Launch {
  const operation = operationOf(`guard pages: ${name}`);
  return launchOf(operation, folder, randomSecret(operation.expects));
}

test.each(['reading to the end', 'writing to the end'])('%s is possible', async (name) => {
  const stopped = withFolder((folder) => withStoppedProcess(launch(name, folder), () => 'stopped'));
  await expect(stopped).resolves.toBe('stopped');
});

test.each([
  'reading a byte behind the end',
  'writing behind the end',
  'writing before the beginning',
])('%s kills the process', async (name) => {
  const end = await withFolder((folder) => runToTheEnd(launch(name, folder)));
  expect(end).toMatchObject({ status: null, signal: 'SIGSEGV' });
});
