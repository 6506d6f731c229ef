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
import { regionOperation, REGIONS, REPORT, SNAPSHOT } from '../src/operations/memory.js';
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

const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'latin1').trim();
const allowed = ['sh', '-c', 'ulimit -c unlimited && exec "$@"', 'sh'];

/** Why this machine writes no readable core dump. `undefined` when it does. */
function whyNoCoreDump(): string | undefined {
  if (pattern === '') return 'kernel.core_pattern is empty';
  if (pattern.startsWith('|') || pattern.includes('/')) {
    return `kernel.core_pattern is ${pattern}, and not a name in the working directory`;
  }
  const { status, stderr } = spawnSync(allowed[0]!, [...allowed.slice(1), 'true']);
  return status === 0 ? undefined : `their size cannot be unlimited: ${stderr.toString().trim()}`;
}

const impossible = whyNoCoreDump();
if (impossible !== undefined) console.log(`no test of core dumps: ${impossible}`);

function expectNothingOf({ needles }: Secret, file: string): void {
  expect(describeFindings(scanFile(file, needles.all).findings)).toBe('no finding');
}

function seesCanary({ canary }: Secret, file: string): boolean {
  return scanFile(file, [canary]).findings.length > 0;
}

describe.runIf(impossible === undefined)('the kernel', () => {
  test('leaves locked memory out of a core dump, and nothing else', () => {
    const operation = operationOf('dumps: abort');
    const secret = randomSecret(operation.expects);
    return withFolder(async (folder) => {
      const { signal } = await runToTheEnd(
        launchOf(operation, folder, secret, { prefix: allowed }),
      );
      expect(signal).toBe('SIGABRT');
      const [core] = readdirSync(folder).filter((name) => name.startsWith('core'));
      const file = join(folder, core!);
      expect(seesCanary(secret, file)).toBe(true);
      expectNothingOf(secret, file);
    });
  });
});

test.each([
  ['heap snapshot', SNAPSHOT],
  ['diagnostic report', REPORT],
])('a %s shows nothing', async (name, file) => {
  const operation = operationOf(`dumps: ${name}`);
  const secret = randomSecret(operation.expects);
  await withFolder(async (folder) => {
    await withStoppedProcess(launchOf(operation, folder, secret), () => {
      const path = join(folder, file);
      // Both hold the command line of the process, which shows that the file belongs to this process.
      expect(readFileSync(path, 'latin1')).toContain(secret.masked);
      expectNothingOf(secret, path);
    });
  });
});
