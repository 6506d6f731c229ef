import { fileURLToPath } from 'node:url';
import { runConformance, stdioImplementation } from '@evolock/test-vectors';
import { expect, test } from 'vitest';

test('the built package conforms in a process of its own, asked to verify only', async () => {
  const server = fileURLToPath(new URL('stdio-server.mjs', import.meta.url));
  const implementation = await stdioImplementation(process.execPath, [server]);
  const report = await runConformance(implementation, { maxDepth: 3 });
  await implementation.close();
  expect(report.failures).toEqual([]);
  expect(report.conforms).toBe(true);
  expect([...report.coverage.groups.keys()]).toEqual([
    'ed25519 verification',
    'vrf verification',
    'kes verification',
    'kes negative',
  ]);
  expect(report.statement).toContain('\nverification only\n');
});
