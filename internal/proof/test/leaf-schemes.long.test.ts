// What leaf schemes leave in memory after the release of a key: the table of docs/COMPOSE.md.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  describeFindings,
  MaskedNeedle,
  scanProcess,
  waitUntilStopped,
} from '@evolock/memory-scan';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('leaf-schemes.mjs', import.meta.url));

/** Where a process that used a leaf and released it still has it. */
async function leftBy(scheme: string) {
  const canary = MaskedNeedle.random(`a leaf by ${scheme}`, 32);
  const env = { ...process.env, NEEDLE: canary.serialise() };
  const child = spawn(process.execPath, [program, scheme], { env, stdio: 'inherit' });
  try {
    await waitUntilStopped(child.pid!);
    const { findings, unreadable } = scanProcess(child.pid!, [canary]);
    expect(unreadable).toEqual([]);
    console.log(`${scheme}: ${findings.length} places\n${describeFindings(findings)}`);
    return findings;
  } finally {
    child.kill('SIGKILL');
  }
}

test('a leaf by noble or node:crypto leaves copies in ordinary memory, one of these packages none', async () => {
  expect(await leftBy('ours')).toEqual([]);
  for (const scheme of ['noble', 'openssl']) {
    const copies = (await leftBy(scheme)).filter(({ mapping }) => !mapping.locked);
    expect(copies.length).toBeGreaterThan(0);
  }
});
