/**
 * A key in a file, and what to do when the write after an update fails. The key in memory has evolved: it signs, and is
 * written again until that succeeds. Nothing is lost, but until then the file can still sign for the past.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  directDeserialiseFromFile,
  directSerialiseToFile,
  FileError,
} from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';

const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
const volume = join(folder, 'volume');
const file = join(volume, 'signing.key');
const { signingKeySize } = sum6Kes;
mkdirSync(volume);

function newKey() {
  using seed = MLockedSeed.newRandom(32);
  return sum6Kes.generateKey(seed);
}

using key = newKey();
const verificationKey = key.deriveVerificationKey();
const message = new TextEncoder().encode('message');

/** Writes the key. When that fails, the application raises an alarm and calls this again later. */
function save(): boolean {
  try {
    directSerialiseToFile(file, signingKeySize, key, { replace: true });
    return true;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    console.log(`period ${String(key.period)} is not written: ${error.reason}`);
    return false;
  }
}

const load = () => directDeserialiseFromFile(file, signingKeySize, sum6Kes, { verificationKey });

try {
  assert(save());

  // The volume of the file goes away before the key of period 1 is written.
  renameSync(volume, `${volume}-gone`);
  key.update();
  assert(!save());
  const signature = key.sign(message);
  assert(sum6Kes.verify(verificationKey, 1, message, signature));

  // The volume is back with the key of period 0. A program that starts now goes on from there to the current period.
  renameSync(`${volume}-gone`, volume);
  using restarted = load();
  assert.equal(restarted.period, 0);
  restarted.updateTo(1);
  assert.deepEqual(restarted.sign(message), signature);

  // Written again, the file has forgotten period 0.
  assert(save());
  using written = load();
  console.log(`the file is at period ${String(written.period)}`);
} finally {
  rmSync(folder, { recursive: true });
}
