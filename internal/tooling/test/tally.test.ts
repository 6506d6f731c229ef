// The sum at the end of .ci/run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tests as shared } from '../../../vitest.shared.js';

const command = fileURLToPath(new URL('../src/tally.mjs', import.meta.url));

function sum(...lines: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-tally-'));
  const file = join(folder, 'tally');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const { stdout, status } = spawnSync(process.execPath, [command, file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return { stdout, status };
}

describe('the tally', () => {
  it('sums all lines and succeeds when nothing failed', () => {
    const lines = ['{"passed":2,"failed":0,"skipped":1}', '{"passed":3,"failed":0,"skipped":0}'];
    expect(sum(...lines)).toEqual({ stdout: '5 passed, 0 failed\n', status: 0 });
  });

  it('fails when anything failed', () => {
    const lines = ['{"passed":2,"failed":1,"skipped":0}', '{"passed":1,"failed":0,"skipped":0}'];
    expect(sum(...lines)).toEqual({ stdout: '3 passed, 1 failed\n', status: 1 });
  });

  it('fails when nothing was counted', () => {
    expect(sum()).toEqual({ stdout: '0 passed, 0 failed\n', status: 1 });
  });

  it('gets the counts of every workspace through the shared configuration', () => {
    expect(shared.test?.reporters).toContainEqual(expect.stringContaining('closing-line.mjs'));
  });
});
