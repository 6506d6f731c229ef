// Issues certificates with a counter that other processes use at the same time, and prints their numbers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absolutePeriod, issueToFile } from '@evolock/cardano-kes';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';

const [counterPath, count] = process.argv.slice(2);
const seed = MLockedSeed.fromBytes(new Uint8Array(32).fill(9));
const coldKey = ed25519.generateKey(seed);
const request = {
  coldKey,
  counterPath,
  hotVerificationKey: new Uint8Array(32),
  startPeriod: absolutePeriod(1),
};
const folder = mkdtempSync(join(tmpdir(), 'cardano-kes-'));
const numbers = [];
while (numbers.length < Number(count)) {
  try {
    const { certificate } = issueToFile(join(folder, 'node.cert'), request, { replace: true });
    numbers.push(certificate.sequenceNumber);
  } catch (error) {
    if (error.reason !== 'locked') throw error;
  }
}
console.log(numbers.join(' '));
coldKey.release();
seed.release();
rmSync(folder, { recursive: true });
