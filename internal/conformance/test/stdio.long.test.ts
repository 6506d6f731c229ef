// The packages together, the one that only verifies, and a wrong implementation, as processes of their own.
import { fileURLToPath } from 'node:url';
import { runConformance, stdioImplementation } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { native } from '../src/native.js';

/** An implementation as a process: a program of this workspace, with its arguments. */
function started(program: string, ...args: readonly string[]) {
  const server = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url));
  return stdioImplementation(process.execPath, [server, ...args]);
}

describe('a process', () => {
  test('that is right conforms', async () => {
    const implementation = await started('serve', 'right');
    const report = await runConformance(implementation, { maxDepth: 2 });
    await implementation.close();
    expect(report.failures).toEqual([]);
    expect(report.conforms).toBe(true);
    expect(report.coverage.optionalNotOffered).toEqual(['extended Ed25519 keys']);
    expect(report.statement).toMatch(/^depths above 2 were left out\n/);
    // Without a process the cases are the same.
    const here = await runConformance(native, { maxDepth: 2 });
    expect(report.passed).toBe(here.passed);
    expect(report.statement).toBe(here.statement);
  });

  test('that is wrong fails, with one code for each mistake', async () => {
    const implementation = await started('serve', 'wrong');
    const report = await runConformance(implementation, { maxDepth: 2 });
    await implementation.close();
    expect(report.conforms).toBe(false);
    const found = new Set(report.failures.map(({ group, error }) => `${group}: ${error.code}`));
    expect([...found].sort()).toEqual([
      'kes key negative: ERR_EVOLOCK_LEVEL_MISMATCH',
      'kes negative: ERR_EVOLOCK_INVALID_ACCEPTED',
      'kes rust form negative: ERR_EVOLOCK_MALFORMED_ACCEPTED',
      'kes rust form: ERR_EVOLOCK_ENCODING_MISMATCH',
      'kes verification: ERR_EVOLOCK_INVALID_ACCEPTED',
      'seed expansion: ERR_EVOLOCK_EXPANSION_MISMATCH',
    ]);
  });

  test('that has ended passes no case, nor one that expects an error', async () => {
    const implementation = await started('serve', 'right');
    await implementation.close();
    const { passed, failures } = await runConformance(implementation, { maxDepth: 1 });
    const passing = failures.filter(
      ({ error }) => error.code !== 'ERR_EVOLOCK_IMPLEMENTATION_THREW',
    );
    // The sizes are part of `hello`; all else needs a request.
    expect(passed).toBe(6);
    expect(passing).toEqual([]);
  });
});

test('kes-verify conforms, in what it verifies', async () => {
  const implementation = await started('serve-kes-verify');
  const { conforms, failures, coverage, statement } = await runConformance(implementation, {
    maxDepth: 3,
  });
  await implementation.close();
  expect(failures).toEqual([]);
  expect(conforms).toBe(true);
  expect([...coverage.groups.keys()]).toEqual([
    'ed25519 verification',
    'vrf verification',
    'kes verification',
    'kes negative',
  ]);
  expect(statement).toContain('\nverification only\n');
});
