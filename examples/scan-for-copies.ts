/**
 * How to test that a program leaves no copy of a secret. A canary is the seed of a key, the key signs and evolves, and this
 * process is scanned: while the seed is in use, and after its release.
 *
 * It needs Linux, and root or `kernel.yama.ptrace_scope` 0.
 */
import assert from 'node:assert/strict';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import {
  describeFindings,
  MaskedNeedle,
  MemoryScanError,
  scanOwnProcess,
} from '@evolock/memory-scan';

const canary = MaskedNeedle.random('seed', 32);

async function useSeed(): Promise<void> {
  using seed = MLockedSeed.newZeroed(32);
  seed.withBytes((bytes) => canary.unmaskInto(bytes));
  using key = sum6Kes.generateKey(seed);
  key.sign(Buffer.from('message'));
  key.update();
  const { findings } = await scanOwnProcess([canary]);
  assert.notEqual(findings.length, 0);
  const elsewhere = findings.filter(({ mapping }) => !mapping.locked);
  assert.equal(elsewhere.length, 0, describeFindings(elsewhere));
  console.log('while it is in use, the seed is in locked memory only');
}

try {
  await useSeed();
  const { findings } = await scanOwnProcess([canary]);
  assert.equal(findings.length, 0, describeFindings(findings));
  console.log('after its release there is no copy of the seed');
} catch (error) {
  const reasons = ['ERR_MEMORY_SCAN_PERMISSION', 'ERR_MEMORY_SCAN_PLATFORM'];
  if (!(error instanceof MemoryScanError) || !reasons.includes(error.code)) throw error;
  console.log(`not scanned: ${error.message}`);
}
