// Locked memory as the kernel and the engine see it: regions and their guard pages, and dumps, which leave it out.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeFindings,
  readMappings,
  scanFile,
  scanProcess,
  type Mapping,
} from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { operationOf } from '../src/operations/all.js';
import { DUMP, regionOperation, REGIONS } from '../src/operations/memory.js';
import { USERS, type User } from '../src/rows.js';
import { runToTheEnd, withStoppedProcess, type Launch } from '../src/scan/child-process.js';
import { launchOf, randomSecret, withFolder, type Secret } from '../src/scan/prove.js';
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

const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'latin1').trim();
const allowed = ['sh', '-c', 'ulimit -c unlimited && exec "$@"', 'sh'];

const [shell = '', ...words] = allowed;
/** Whether a core dump is a file in the working directory, of any size. */
const isDumped = /^[^|/]+$/.test(pattern) && spawnSync(shell, [...words, 'true']).status === 0;
if (!isDumped)
  console.log(`no test of core dumps: their size is limited, or kernel.core_pattern is ${pattern}`);

/** Runs an operation that writes its memory to a file, and scans the file. */
function scanDump(name: string, written: (launch: Launch, secret: Secret) => Promise<string>) {
  const operation = operationOf(`dumps: ${name}`);
  const secret = randomSecret(operation.expects);
  return withFolder(async (folder) => {
    const prefix = name === 'a core dump' ? allowed : [];
    const file = await written(launchOf(operation, folder, secret, { prefix }), secret);
    const { findings } = scanFile(file, secret.needles.all);
    expect(describeFindings(findings)).toBe('no finding');
  });
}

test.runIf(isDumped)('a core dump leaves out locked memory, and nothing else', () =>
  scanDump('a core dump', async (launch, { canary }) => {
    expect(await runToTheEnd(launch)).toMatchObject({ signal: 'SIGABRT' });
    const core = readdirSync(launch.folder).find((name) => name.startsWith('core'));
    const file = join(launch.folder, core!);
    expect(scanFile(file, [canary]).findings).not.toEqual([]);
    return file;
  }),
);

test.each(['a heap snapshot', 'a diagnostic report'])('%s shows nothing', (dump) =>
  scanDump(dump, (launch, { masked }) =>
    withStoppedProcess(launch, () => {
      const file = join(launch.folder, DUMP);
      // Both hold the command line of the process, which shows that the file belongs to this process.
      expect(readFileSync(file, 'latin1')).toContain(masked);
      return file;
    }),
  ),
);
