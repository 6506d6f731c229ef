/** Counters, and certificates that are issued with them without a file. */
import { join } from 'node:path';
import {
  absolutePeriod,
  issueCertificate,
  withLockFile,
  writeCounter,
  type IssueRequest,
} from '../../src/index.js';
import { takeNumber } from '../../src/files/issuing.js';
import { folder } from './files.js';
import { coldKey } from './keys.js';

/** The first number of {@link issuingWorld}. */
export const FIRST = 7n;

/** A counter, a path for a certificate in another folder, and what is issued. */
export function issuingWorld() {
  const { counterPath, coldVerificationKey } = counterAt(FIRST);
  const hotVerificationKey = new Uint8Array(32).fill(3);
  const request = { ...requestWith(counterPath), hotVerificationKey };
  return { path: join(folder(), 'node.cert'), counterPath, coldVerificationKey, request };
}

/** A counter in a folder of its own, which is removed after the test. */
export function counterAt(next: bigint): { counterPath: string; coldVerificationKey: Uint8Array } {
  const counterPath = join(folder(), 'cold.counter');
  const coldVerificationKey = coldKey().deriveVerificationKey();
  writeCounter(counterPath, { next, coldVerificationKey });
  return { counterPath, coldVerificationKey };
}

/** The request of a certificate for a verification key of zeros. */
export function requestWith(counterPath: string, key = coldKey()) {
  return {
    coldKey: key,
    counterPath,
    hotVerificationKey: new Uint8Array(32),
    startPeriod: absolutePeriod(400),
  };
}

export function issueWithCounter({ coldKey: key, ...details }: IssueRequest) {
  const coldVerificationKey = key.deriveVerificationKey();
  const counterPath = String(details.counterPath);
  return withLockFile(counterPath, () => {
    const given = { ...details, counterPath, coldVerificationKey };
    const sequenceNumber = takeNumber(given, () => undefined);
    return { certificate: issueCertificate(key, { ...details, sequenceNumber }) };
  });
}
