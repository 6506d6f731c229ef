// The packages together, and the one that only verifies, as processes of their own.
import { fileURLToPath } from 'node:url';
import { runConformance, stdioImplementation } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { packages } from '../src/packages.js';

/** An implementation as a process: a program of this workspace. */
function started(program: string) {
  const server = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url));
  return stdioImplementation(process.execPath, [server]);
}

async function reportOf(program: string) {
  const implementation = await started(program);
  const report = await runConformance(implementation, { maxDepth: 2 });
  await implementation.close();
  return report;
}

test('the packages conform, and the cases are the same as without a process', async () => {
  const report = await reportOf('serve');
  const here = await runConformance(packages, { maxDepth: 2 });
  expect(report.failures).toEqual([]);
  expect(report.statement).toMatch(/^depths above 2 were left out\n/);
  expect(report).toEqual(here);
});

test('a process that has ended passes no case, nor one that expects an error', async () => {
  const implementation = await started('serve');
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
