// The packages together, the one that only verifies, and a wrong implementation, as processes of their own.
import { fileURLToPath } from 'node:url';
import { runConformance, stdioImplementation } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { native } from '../src/native.js';

/** An implementation as a process: a program of this workspace, with its arguments. */
function started(program: string, ...args: readonly string[]) {
  const server = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url));
  return stdioImplementation(process.execPath, [server, ...args]);
}

async function reportOf(program: string, ...args: readonly string[]) {
  const implementation = await started(program, ...args);
  const report = await runConformance(implementation, { maxDepth: 2 });
  await implementation.close();
  return report;
}

test('a process that is right conforms, and the cases are the same as without a process', async () => {
  const report = await reportOf('serve', 'right');
  const here = await runConformance(native, { maxDepth: 2 });
  expect(report.failures).toEqual([]);
  expect(report.statement).toMatch(/^depths above 2 were left out\n/);
  expect(report).toEqual(here);
});

test('a process that is wrong fails, with one code for each mistake', async () => {
  const { conforms, failures } = await reportOf('serve', 'wrong');
  expect(conforms).toBe(false);
  const found = new Set(failures.map(({ group, error }) => `${group}: ${error.code}`));
  expect([...found].sort()).toEqual([
    'kes key negative: ERR_EVOLOCK_LEVEL_MISMATCH',
    'kes negative: ERR_EVOLOCK_INVALID_ACCEPTED',
    'kes rust form negative: ERR_EVOLOCK_MALFORMED_ACCEPTED',
    'kes rust form: ERR_EVOLOCK_ENCODING_MISMATCH',
    'kes verification: ERR_EVOLOCK_INVALID_ACCEPTED',
    'seed expansion: ERR_EVOLOCK_EXPANSION_MISMATCH',
  ]);
});

test('a process that has ended passes no case, nor one that expects an error', async () => {
  const implementation = await started('serve', 'right');
  await implementation.close();
  const { passed, failures } = await runConformance(implementation, { maxDepth: 1 });
  const codes = new Set(failures.map(({ error }) => error.code));
  // The sizes are part of `hello`; all else needs a request.
  expect(passed).toBe(6);
  expect([...codes]).toEqual(['ERR_EVOLOCK_IMPLEMENTATION_THREW']);
});

test('kes-verify conforms, in what it verifies', async () => {
  const { conforms, coverage, statement } = await reportOf('serve-kes-verify');
  expect(conforms).toBe(true);
  expect([...coverage.groups.keys()]).toEqual([
    'ed25519 verification',
    'vrf verification',
    'kes verification',
    'kes negative',
  ]);
  expect(statement).toContain('\nverification only\n');
});
