// The counts of a run, printed and written to a file, and their sum at the end of .ci/run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import { tests as shared } from '../../../vitest.shared.js';
import ClosingLine from '../src/counts/closing-line.mjs';
import { closingLine, countTests, listFailures, slowestFiles } from '../src/counts/test-counts.mjs';

function module(state: 'passed' | 'failed', ...tests: string[]) {
  const all = tests.map((each, index) => ({
    fullName: `test ${index}`,
    result: () => ({
      state: each,
      errors: each === 'failed' ? [new Error('wrong\nand more')] : [],
    }),
  }));
  return {
    relativeModuleId: 'a.test.ts',
    state: () => state,
    errors: () => [new Error('cannot be imported')],
    children: { allTests: () => all },
  };
}

describe('counting', () => {
  test('sums over all files', () => {
    const modules = [module('passed', 'passed', 'skipped'), module('failed', 'failed', 'passed')];
    expect(countTests(modules, [])).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  test('counts a file that fails without a failed test', () => {
    expect(countTests([module('failed')], [])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('counts errors outside any test', () => {
    expect(countTests([], [new Error('late')])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('counts a test that never ran as skipped', () => {
    expect(countTests([module('passed', 'pending')], []).skipped).toBe(1);
  });

  test('ends in a plain line', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 1 })).toBe('3 passed, 0 failed, 1 skipped');
  });
});

describe('the failures', () => {
  test('have a line each: file, test and the first line of the error', () => {
    expect(listFailures([module('failed', 'passed', 'failed')], [])).toEqual([
      'a.test.ts > test 1: wrong',
    ]);
  });

  test('include files that fail without a failed test, and errors outside any test', () => {
    expect(listFailures([module('failed')], [new Error('late')])).toEqual([
      'a.test.ts: cannot be imported',
      'outside any test: Error: late',
    ]);
  });
});

describe('the slowest files', () => {
  const timed = (file: string, collectDuration: number, duration: number) => ({
    relativeModuleId: file,
    project: { name: 'a' },
    diagnostic: () => ({ collectDuration, duration }),
  });

  test('are as many as asked for, the slowest first, imports included', () => {
    const modules = [timed('one', 0, 100), timed('two', 2000, 500), timed('three', 100, 1100)];
    expect(slowestFiles(modules, 2)).toBe('   2.5 s  a  two\n   1.2 s  a  three');
  });
});

describe('the reporter', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  test('prints the line and adds the counts to the tally', () => {
    const folder = mkdtempSync(join(tmpdir(), 'evolock-tally-'));
    const tally = join(folder, 'tally');
    const log = vi.spyOn(console, 'log').mockReturnValue();
    vi.stubEnv('EVOLOCK_TEST_TALLY', tally);
    vi.stubEnv('CI', '');

    // The members of a vitest module that the line reads.
    const modules = [module('passed', 'passed')] as unknown as TestModule[];
    new ClosingLine().onTestRunEnd(modules, []);
    new ClosingLine().onTestRunEnd(modules, []);

    expect(log).toHaveBeenCalledWith('1 passed, 0 failed, 0 skipped');
    const line = '{"passed":1,"failed":0,"skipped":0,"failures":[]}\n';
    expect(readFileSync(tally, 'utf8')).toBe(line + line);
    rmSync(folder, { recursive: true });
  });
});

const command = fileURLToPath(new URL('../src/counts/tally.mjs', import.meta.url));

function sum(...lines: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-tally-'));
  const file = join(folder, 'tally');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const { stdout, status } = spawnSync(process.execPath, [command, file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return { stdout, status };
}

describe('the tally', () => {
  test('sums all lines and succeeds when nothing failed', () => {
    const lines = ['{"passed":2,"failed":0,"skipped":1}', '{"passed":3,"failed":0,"skipped":0}'];
    expect(sum(...lines)).toEqual({ stdout: '5 passed, 0 failed\n', status: 0 });
  });

  test('names what failed, and fails', () => {
    const failed = '{"passed":2,"failed":1,"skipped":0,"failures":["a.test.ts > b: c"]}';
    expect(sum(failed, '{"passed":1,"failed":0,"skipped":0}')).toEqual({
      stdout: 'failed: a.test.ts > b: c\n3 passed, 1 failed\n',
      status: 1,
    });
  });

  test('fails when nothing was counted', () => {
    expect(sum()).toEqual({ stdout: '0 passed, 0 failed\n', status: 1 });
  });

  test('gets the counts of every workspace through the shared configuration', () => {
    expect(shared.test?.reporters).toContainEqual(expect.stringContaining('closing-line.mjs'));
  });
});
