// The counts of a run, printed and written to a file, and their sum at the end of .ci/run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import TestCounts from '../src/test-counts.mjs';

let tally: string;
beforeEach(() => {
  tally = join(mkdtempSync(join(tmpdir(), 'evolock-tally-')), 'tally');
  vi.stubEnv('EVOLOCK_TEST_TALLY', tally);
});
afterEach(() => {
  rmSync(dirname(tally), { recursive: true });
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** The members of a module of vitest that the reporter reads. */
function module(file: string, seconds: number, ...states: string[]): TestModule {
  const tests = states.map((state, at) => ({
    fullName: `test ${String(at)}`,
    result: () => ({ state, errors: state === 'failed' ? [new Error('wrong\nand more')] : [] }),
  }));
  return {
    relativeModuleId: file,
    project: { name: 'a' },
    state: () => (states.length === 0 || states.includes('failed') ? 'failed' : 'passed'),
    errors: () => [new Error('cannot be imported')],
    children: { allTests: () => tests },
    diagnostic: () => ({ collectDuration: 500, duration: seconds * 1000 - 500 }),
  } as unknown as TestModule;
}

function report(ci: string, ...args: Parameters<TestCounts['onTestRunEnd']>) {
  vi.stubEnv('CI', ci);
  const log = vi.spyOn(console, 'log').mockReturnValue();
  new TestCounts().onTestRunEnd(...args);
  return log.mock.calls.flat();
}

const sum = () => {
  const command = fileURLToPath(new URL('../src/test-counts.mjs', import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, [command, tally], { encoding: 'utf8' });
  return { stdout, status };
};

test('a run counts every test, and each file that fails without one', () => {
  const modules = [module('a.ts', 1, 'passed', 'skipped', 'pending', 'failed'), module('b.ts', 2)];
  // As vitest hands them over: objects without a prototype.
  const late: unknown = Object.assign(Object.create(null), { message: 'late' });
  expect(report('', modules, [late])).toEqual(['1 passed, 3 failed, 2 skipped']);
  expect(JSON.parse(readFileSync(tally, 'utf8'))).toMatchObject({
    failures: ['a.ts > test 3: wrong', 'b.ts: cannot be imported', 'outside any test: late'],
  });
});

test('in CI a run prints the slowest files first', () => {
  const modules = [module('a.ts', 1, 'passed'), module('b.ts', 2.5, 'passed')];
  const [slowest] = report('true', modules, []);
  expect(slowest).toBe('   2.5 s  a  b.ts\n   1.0 s  a  a.ts');
});

test('the tally adds up runs, and fails when nothing was counted', () => {
  writeFileSync(tally, '');
  expect(sum()).toEqual({ stdout: '0 passed, 0 failed\n', status: 1 });
  report('', [module('a.ts', 1, 'passed', 'passed')], []);
  report('', [module('b.ts', 1, 'passed')], []);
  expect(sum()).toEqual({ stdout: '3 passed, 0 failed\n', status: 0 });
});

test('the tally names what failed, and fails', () => {
  report('', [module('a.ts', 1, 'passed', 'failed')], []);
  const stdout = 'failed: a.ts > test 1: wrong\n1 passed, 1 failed\n';
  expect(sum()).toEqual({ stdout, status: 1 });
});
