/**
 * A key in a file, and what to do when the write after an update fails. The key in memory has evolved: it signs, and is
 * written again until that succeeds. Nothing is lost, but until then the file can still sign for the past.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileError, KeyFile } from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';

const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
const volume = join(folder, 'volume');
const path = join(volume, 'signing.key');
mkdirSync(volume);

function create() {
  using seed = MLockedSeed.newRandom(32);
  return { key: sum6Kes.generateKey(seed) };
}

try {
  const file = await KeyFile.open(path, sum6Kes, { create });
  const verificationKey = file.key.deriveVerificationKey();

  // The volume of the file goes away before the key of period 1 is written: the application raises an alarm.
  renameSync(volume, `${volume}-gone`);
  await assert.rejects(file.write({ period: 1 }), FileError);
  assert.deepEqual([file.key.period, file.saved], [1, false]);

  // The key signs at its new period, although the file still has that of period 0.
  const message = new TextEncoder().encode('message');
  const signature = file.key.sign(message);
  assert(sum6Kes.verify(verificationKey, 1, message, signature));
  console.log('period 1 is not written');

  // The volume is back. The same call writes again, and the file forgets period 0.
  renameSync(`${volume}-gone`, volume);
  await file.write({ period: file.key.period });
  assert(file.saved);
  await file.close();

  const opened = await KeyFile.open(path, sum6Kes);
  console.log(`the file is at period ${String(opened.key.period)}`);
  await opened.close();
} finally {
  rmSync(folder, { recursive: true });
}
