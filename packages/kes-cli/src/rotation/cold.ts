/** The certificate of a rotation with the cold key on this machine: it is issued at once. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { IssuedCertificate } from '@evolock/cardano-headers';
import { readCertificate, readCounter, readReservation, writeCounter } from '@evolock/cardano-kes';
import { eraseLeftovers, withLockFile } from '@evolock/cardano-kes/all';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { judgeSignature } from '../certificates/certificate.js';
import {
  checkIssuing,
  issueJudged,
  issuingFacts,
  type NewCertificate,
} from '../certificates/issuing.js';
import { checkNewNumber } from '../certificates/number.js';
import { sourceName } from '@evolock/command-line/text';
import { refuseDash } from '../files/read.js';
import { derivedOf, loadColdSigningKey, refuseStdin } from '../files/key-files.js';
import { type Beginning, type ColdFiles, commandAgain, foreign } from './rotation.js';

/** The certificate of a beginning. The number that an interrupted run reserved for it is used again. */
function newCertificate(
  { coldSkey, counter, reuseNumber }: ColdFiles,
  beginning: Beginning,
  out: string,
  key?: Uint8Array,
): NewCertificate {
  const { old, cert, startPeriod, onChain } = beginning;
  const found = readReservation(counter);
  const isIts =
    found?.startPeriod === startPeriod &&
    (key === undefined
      ? found.certificatePath === resolve(out)
      : sameBytes(found.hotVerificationKey, key));
  return {
    command: { counter, line: commandAgain(beginning) },
    coldSkey,
    startPeriod,
    reuseNumber: reuseNumber ?? (isIts ? found.number : undefined),
    known: {
      onChain,
      inUse: old.certificate.sequenceNumber,
      pools: [{ ...old, name: sourceName(cert) }],
    },
  };
}

/** Refuses files of another pool and a wrong number before a key is made. */
export function checkCold(cold: ColdFiles, beginning: Beginning, out: string): void {
  const { coldSkey, counter } = cold;
  refuseStdin(coldSkey);
  refuseDash('--counter', counter, 'the counter is changed in its file: give the file');
  const certificate = newCertificate(cold, beginning, out);
  const coldKey = derivedOf(loadColdSigningKey(coldSkey).signingKey);
  const facts = issuingFacts(certificate, coldKey);
  const { number, known, command } = facts;
  // The certificate of an interrupted rotation has its number.
  if (existsSync(out)) checkNewNumber(number, { pools: known.pools }, command);
  else checkIssuing(facts);
}

export function certificateHere(
  cold: ColdFiles,
  beginning: Beginning,
  out: string,
  hotVerificationKey: Uint8Array,
): IssuedCertificate {
  if (existsSync(out)) return keptCertificate(cold, beginning, out, hotVerificationKey);
  const certificate = newCertificate(cold, beginning, out, hotVerificationKey);
  return issueJudged(certificate, { out, hotVerificationKey, replace: false });
}

function keptCertificate(
  { counter }: ColdFiles,
  { old, startPeriod }: Beginning,
  path: string,
  key: Uint8Array,
): IssuedCertificate {
  const file = readCertificate(path);
  const { certificate, coldVerificationKey } = file;
  const isIts =
    sameBytes(certificate.hotVerificationKey, key) &&
    sameBytes(coldVerificationKey, old.coldVerificationKey) &&
    certificate.startPeriod === startPeriod &&
    judgeSignature(file).valid;
  if (!isIts) throw foreign(path);
  eraseLeftovers(path);
  withLockFile(counter, () => {
    // Erases what the interrupted run left beside the counter: unfinished files and its reservation. That of another
    // certificate, which has none yet, stays.
    if (readReservation(counter) === undefined)
      writeCounter(counter, readCounter(counter), { replace: true });
  });
  return file;
}
