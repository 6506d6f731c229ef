// The sum at the end of .ci/run, of a run of vitest and of a step.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('every test is counted, each failure is named, and a file that fails without a test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-counts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const reports = join(folder, 'reports');
  mkdirSync(reports);
  const sum = () => {
    const line = [join(root, 'internal/tooling/src/test-counts.mjs'), reports];
    const { stdout, status } = spawnSync(process.execPath, line, { cwd: folder, encoding: 'utf8' });
    return { stdout, status };
  };
  expect(sum()).toEqual({ stdout: '0 passed, 0 failed\n', status: 1 });
  const step = (status: string, message: string) => ({
    testResults: [{ name: 'step', status, message, assertionResults: message ? [] : [{ status }] }],
  });
  writeFileSync(join(reports, '1.json'), JSON.stringify(step('passed', '')));
  expect(sum()).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^1 passed, 0 failed$/m),
  });

  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(
    join(folder, 'a.test.mjs'),
    `import { expect, test } from 'vitest';
    test('passes', () => undefined);
    test('fails', () => expect(1).toBe(2));
    test.skip('is left out', () => undefined);`,
  );
  writeFileSync(join(folder, 'b.test.mjs'), "throw new Error('cannot be imported');");
  const report = ['--reporter=json', `--outputFile=${join(reports, '2.json')}`];
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder];
  spawnSync(process.execPath, [...vitest, ...report], { cwd: folder });
  writeFileSync(join(reports, '3.json'), JSON.stringify(step('failed', 'exit 3')));
  const { stdout, status } = sum();
  expect(stdout.split('\n')).toEqual([
    ...Array<unknown>(2).fill(expect.stringMatching(/^ +\d\.\d s {2}[ab]\.test\.mjs$/)),
    'failed: a.test.mjs > fails: AssertionError: expected 1 to be 2 // Object.is equality',
    ...['failed: b.test.mjs: cannot be imported', 'failed: step: exit 3', '2 passed, 3 failed', ''],
  ]);
  expect(status).toBe(1);
});
