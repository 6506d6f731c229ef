/**
 * The keys of a stake pool, on its offline machine: a cold key, a counter, a KES key, and the operational certificate that
 * connects them, in files that cardano-cli and cardano-node read.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expiryOf, periodOfSlot, preview, slotOfDate, poolIdOf } from '@evolock/cardano-headers';
import {
  issueToFile,
  readColdSigningKey,
  readCounter,
  writeColdSigningKey,
  writeVerificationKey,
  writeCounter,
  writeKesSigningKey,
  nativeHeaders,
} from '@evolock/cardano-kes';
import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';

const { certificateVerdict } = nativeHeaders;

const folder = mkdtempSync(join(tmpdir(), 'pool-keys-'));
const file = (name: string): string => join(folder, name);
try {
  makeColdKey();
  const hotVerificationKey = makeKesKey();
  issue(hotVerificationKey);
} finally {
  rmSync(folder, { recursive: true });
}

/** Once in the life of a pool. */
function makeColdKey(): void {
  using seed = MLockedSeed.newRandom(32);
  using coldKey = ed25519.generateKey(seed);
  const coldVerificationKey = coldKey.deriveVerificationKey();
  writeColdSigningKey(file('cold.skey'), coldKey);
  writeVerificationKey('cold', file('cold.vkey'), coldVerificationKey);
  writeCounter(file('cold.counter'), { next: 0n, coldVerificationKey });
  console.log(`pool ${poolIdOf(coldVerificationKey)}`);
}

/** For each certificate. */
function makeKesKey(): Uint8Array {
  using seed = MLockedSeed.newRandom(32);
  using key = sum6Kes.generateKey(seed);
  const verificationKey = key.deriveVerificationKey();
  writeKesSigningKey(file('kes.skey'), key);
  writeVerificationKey('kes', file('kes.vkey'), verificationKey);
  return verificationKey;
}

function issue(hotVerificationKey: Uint8Array): void {
  using coldKey = readColdSigningKey(file('cold.skey')).signingKey;
  const startPeriod = periodOfSlot(preview, slotOfDate(preview, new Date('2026-01-01')));
  const counterPath = file('cold.counter');
  const request = { coldKey, counterPath, hotVerificationKey, startPeriod };
  const { certificate, coldVerificationKey } = issueToFile(file('node.cert'), request);
  const { valid } = certificateVerdict(certificate, coldVerificationKey);
  const until = expiryOf(preview, startPeriod).date?.toISOString();
  console.log(
    `certificate ${String(certificate.sequenceNumber)}: valid ${String(valid)}, until ${String(until)}`,
  );
  console.log(`next number: ${String(readCounter(counterPath).next)}`);
}
