import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the matrix of algorithm, depth and property has no empty cell and no failure', () => {
  const program = fileURLToPath(new URL('matrix.mjs', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  const rows = stdout
    .split('\n')
    .filter((line) => /^(?:single|compactSingle|sum|compactSum) /.test(line));
  expect(rows).toHaveLength(18);
  for (const row of rows) expect(row).toMatch(/^\w+ +\d(?: +[1-9]\d*){12}$/);
  expect(stdout).toMatch(/ checks passed, 0 failed, 0 missing\n$/);
  expect(status).toBe(0);
});
