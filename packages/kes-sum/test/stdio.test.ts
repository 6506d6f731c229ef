import { fileURLToPath } from 'node:url';
import { runConformance, stdioImplementation } from '@evolock/test-vectors';
import { expect, test } from 'vitest';

test('the built package conforms from outside, through the protocol, at every depth and with every optional part', async () => {
  const server = fileURLToPath(new URL('stdio-server.mjs', import.meta.url));
  const implementation = await stdioImplementation(process.execPath, [server]);
  const report = await runConformance(implementation);
  await implementation.close();
  expect(report.failures).toEqual([]);
  expect(report.coverage.notOffered).toEqual([]);
  expect(report.coverage.optionalNotOffered).toEqual([]);
  expect(report.conforms).toBe(true);
});
