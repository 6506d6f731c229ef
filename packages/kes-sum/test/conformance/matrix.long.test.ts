import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the matrix of algorithm, depth and property has no empty cell and no failure', () => {
  const program = fileURLToPath(new URL('matrix.mjs', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  const rows = stdout
    .split('\n')
    .filter((line) => /^(?:single|compactSingle|sum|compactSum) /.test(line));
  // Two tables of 18 algorithms: 13 columns of the conformance runner, 9 of the package's own properties. Then the
  // depths beyond the vectors, 8 to 16: 13 columns.
  expect(rows).toHaveLength(54);
  for (const row of rows.slice(0, 18)) expect(row).toMatch(/^\w+ +\d(?: +[1-9]\d*){13}$/);
  for (const row of rows.slice(18, 36)) expect(row).toMatch(/^\w+ +\d(?: +[1-9]\d*){9}$/);
  for (const row of rows.slice(36)) expect(row).toMatch(/^\w+ +\d+(?: +[1-9]\d*){13}$/);
  expect(stdout).toContain('36 algorithms, 630 cells: ');
  expect(stdout).toMatch(/ checks passed, 0 failed, 0 missing\n$/);
  expect(status).toBe(0);
});
