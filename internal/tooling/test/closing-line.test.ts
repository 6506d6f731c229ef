// The counts of a run, printed and written to a file.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import ClosingLine from '../src/closing-line.mjs';
import { closingLine, countTests, slowestFiles } from '../src/test-counts.mjs';

function module(state: 'passed' | 'failed', ...tests: string[]) {
  const all = tests.map((each) => ({ result: () => ({ state: each }) }));
  return { state: () => state, children: { allTests: () => all } };
}

describe('counting', () => {
  it('sums over all files', () => {
    const modules = [module('passed', 'passed', 'skipped'), module('failed', 'failed', 'passed')];
    expect(countTests(modules, [])).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  it('counts a file that fails without a failed test', () => {
    expect(countTests([module('failed')], [])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts errors outside any test', () => {
    expect(countTests([], [new Error('late')])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a test that never ran as skipped', () => {
    expect(countTests([module('passed', 'pending')], []).skipped).toBe(1);
  });

  it('ends in a plain line', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 1 })).toBe('3 passed, 0 failed, 1 skipped');
  });
});

describe('the slowest files', () => {
  const timed = (file: string, collectDuration: number, duration: number) => ({
    relativeModuleId: file,
    project: { name: 'a' },
    diagnostic: () => ({ collectDuration, duration }),
  });

  it('are as many as asked for, the slowest first, imports included', () => {
    const modules = [timed('one', 0, 100), timed('two', 2000, 500), timed('three', 100, 1100)];
    expect(slowestFiles(modules, 2)).toBe('   2.5 s  a  two\n   1.2 s  a  three');
  });
});

describe('the reporter', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('prints the line and adds the counts to the tally', () => {
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
    const line = '{"passed":1,"failed":0,"skipped":0}\n';
    expect(readFileSync(tally, 'utf8')).toBe(line + line);
    rmSync(folder, { recursive: true });
  });
});
