import { fileURLToPath } from 'node:url';
import { runConformance, stdioImplementation } from '@evolock/test-vectors';
import { expect, test } from 'vitest';

test('the built package conforms in a process of its own', async () => {
  const server = fileURLToPath(new URL('stdio-server.mjs', import.meta.url));
  const implementation = await stdioImplementation(process.execPath, [server]);
  const report = await runConformance(implementation);
  await implementation.close();
  expect(report.failures).toEqual([]);
  expect(report.conforms).toBe(true);
  expect([...report.coverage.groups.keys()]).toEqual(['vrf proving', 'vrf verification']);
  expect(report.coverage.optionalNotOffered).not.toContain('PraosVRF');
  expect(report.coverage.optionalNotOffered).not.toContain('PraosBatchCompatVRF');
});
