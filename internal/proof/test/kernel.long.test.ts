// Locked memory as the kernel and the engine see it: regions and their guard pages, and dumps, which leave it out.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFindings, readMappings, scanFile, scanProcess } from '@evolock/memory-scan';
import { expect, test } from 'vitest';
import { operationOf } from '../src/operations/all.js';
import { DUMP, regionOperation, REGIONS } from '../src/operations/memory.js';
import { randomSecret } from '../src/scan/prove.js';
import { commandOf, USERS, withFolder, withStoppedProcess } from '../src/scan/process.js';
import { as } from './operations.js';

/** In KiB. */
const ENOUGH = 4_096;

/** VmLck in bytes. Source: proc_pid_status(5). */
function lockedMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return 1024 * Number(/^VmLck:\s*(\d+) kB$/m.exec(status)?.[1]);
}

// The process has every kind of region: used, empty, reserved, scratch, staging, separate.
test.each(USERS)(
  'every region is locked, not dumped, and between guard pages, secrets in it or not: %s',
  async (user) => {
    const options = { prefix: as(user, { lockLimit: ENOUGH }) };
    const { needles, ...given } = randomSecret(regionOperation);
    await withFolder(async (folder) => {
      const command = commandOf(regionOperation, folder, given, options);
      await withStoppedProcess(command, folder, (pid) => {
        const all = readMappings(pid);
        const locked = all.filter((mapping) => mapping.locked);
        expect(String(locked.length)).toBe(readFileSync(join(folder, REGIONS), 'utf8'));
        for (const mapping of locked) {
          expect(mapping).toMatchObject({ permissions: 'rw-p', dumped: false, name: '' });
          const before = all.find(({ end }) => end === mapping.start);
          const behind = all.find(({ start }) => start === mapping.end);
          expect([before?.permissions, behind?.permissions]).toEqual(['---p', '---p']);
        }
        expect(lockedMemory(pid)).toBe(locked.reduce((sum, { size }) => sum + size, 0));
        const live = needles.all.filter(({ name }) => needles.live.has(name));
        const { findings } = scanProcess(pid, live, { encodings: ['raw'] });
        expect(findings.every(({ mapping }) => mapping.locked)).toBe(true);
        // The region of the pool and the region of the clone may be adjacent, but they are never the same.
        const regions = new Set(findings.map(({ mapping }) => mapping.start));
        expect(regions.size).toBeGreaterThanOrEqual(2);
      });
    }, options);
  },
);

const CORE = 'a core dump';
const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'latin1').trim();
const [shell, ...words] = ['sh', '-c', 'ulimit -c unlimited && exec "$@"', 'sh'] as const;
/** Whether a core dump is a file in the working directory, of any size. */
const isDumped = /^[^|/]+$/.test(pattern) && spawnSync(shell, [...words, 'true']).status === 0;
if (!isDumped)
  console.log(`no test of core dumps: their size is limited, or kernel.core_pattern is ${pattern}`);

/** Runs an operation that writes its memory to a file. */
async function dumpOf(name: string, command: readonly string[], folder: string): Promise<string> {
  if (name !== CORE) return withStoppedProcess(command, folder, () => join(folder, DUMP));
  const { signal } = spawnSync(shell, [...words, ...command], { cwd: folder });
  expect(signal).toBe('SIGABRT');
  return join(folder, readdirSync(folder).find((file) => file.startsWith('core')) ?? 'core');
}

test.each([...(isDumped ? [CORE] : []), 'a heap snapshot', 'a diagnostic report'])(
  '%s shows nothing of locked memory',
  async (name) => {
    const operation = operationOf(`dumps: ${name}`);
    const secret = randomSecret(operation);
    await withFolder(async (folder) => {
      const file = await dumpOf(name, commandOf(operation, folder, secret), folder);
      expect(describeFindings(scanFile(file, secret.needles.all).findings)).toBe('no finding');
      // Each holds the command line of the process, and a core dump all other memory.
      expect(readFileSync(file).includes(secret.masked)).toBe(true);
      if (name === CORE) expect(scanFile(file, [secret.canary]).findings).not.toEqual([]);
    });
  },
);
