import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFindings, scanFile } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { operationOf } from '../src/operations/all.js';
import { REPORT, SNAPSHOT } from '../src/operations/memory.js';
import { runToTheEnd, withStoppedProcess } from '../src/scan/child-process.js';
import { launchOf, randomSecret, withFolder, type Secret } from '../src/scan/prove.js';

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
