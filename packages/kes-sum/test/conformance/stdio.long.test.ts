import { fileURLToPath } from 'node:url';
import { runConformance, stdioImplementation } from '@evolock/test-vectors';
import { expect, test } from 'vitest';

/** Deep enough for both halves of a level. Tests in one process cover every depth. */
const MAX_DEPTH = 2;

test('the built package conforms in a process of its own', async () => {
  const server = fileURLToPath(new URL('stdio-server.mjs', import.meta.url));
  const implementation = await stdioImplementation(process.execPath, [server]);
  const report = await runConformance(implementation, { maxDepth: MAX_DEPTH });
  await implementation.close();
  expect(report.failures).toEqual([]);
  const missing = report.coverage.notOffered.filter((name) => !/ depth [3-7]$/.test(name));
  expect(missing).toEqual([]);
  expect(report.coverage.optionalNotOffered).toEqual([
    'extended Ed25519 keys',
    'PraosVRF',
    'PraosBatchCompatVRF',
  ]);
  expect(report.conforms).toBe(true);
});
