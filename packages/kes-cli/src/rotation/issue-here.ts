/** The certificate of a rotation with the cold key on this machine. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { existsSync } from 'node:fs';
import {
  eraseLeftovers,
  hexOf,
  issueToFile,
  readCertificate,
  readCounter,
  readReservation,
  ReservedNumberError,
  writeCounter,
  type AbsolutePeriod,
  type IssuedCertificate,
  type IssueRequest,
} from '@evolock/cardano-kes';
import { judgeSignature } from '../certificates/certificate.js';
import { checkNewNumber } from '../certificates/number.js';
import { withReuse } from '../certificates/taken-number.js';
import { CommandError, namingFile } from '../cli/errors.js';
import { sourceName } from '../cli/text.js';
import { refuseDash } from '../files/read.js';
import { loadColdSigningKey, refuseStdin } from '../keys/signing-key.js';
import type { Beginning } from './begin.js';
import { foreign } from './new-files.js';

/** The files of the cold key on this machine. */
export interface ColdFiles {
  readonly coldSkey: string;
  readonly counter: string;
  /** The number of the certificate in use, to use it again while no block with it is on chain. */
  readonly reuseNumber: bigint | undefined;
  /** Whether a number is taken that the network refuses, or that leaves one out. */
  readonly forceNumber: boolean;
}

/** What the certificate is issued for. */
export interface NewCertificate {
  readonly path: string;
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  /** The certificate that it replaces. */
  readonly old: IssuedCertificate;
  /** The command line, without `--reuse-number`. */
  readonly line: string;
}

const WARNING =
  'the cold key is on this machine: whoever gets a copy of it controls the pool. Keep it on a machine without a network, and leave --cold-skey-here out: then kes rotate writes a request for that machine';

/** Refuses a cold key or a counter of another pool, and an old copy of the counter, before a key is made. */
export function checkColdFiles(
  { coldSkey, counter, reuseNumber, forceNumber }: ColdFiles,
  beginning: Beginning,
  cert: string,
): void {
  const { old, onChainNumber: onChain } = beginning;
  refuseStdin(coldSkey);
  refuseDash('--counter', counter, 'the counter is changed in its file: give the file');
  const pool = hexOf(old.coldVerificationKey);
  const { next, coldVerificationKey } = readCounter(counter);
  if (hexOf(coldVerificationKey) !== pool) throw otherPool(counter, 'counter');
  const inUse = old.certificate.sequenceNumber;
  const line = lineOf(beginning);
  // An interrupted rotation has reserved its number, or its certificate has it.
  const reserved = reuseNumber === undefined ? readReservation(counter) : undefined;
  const number = reuseNumber ?? reserved?.number ?? next;
  const known = { onChain, inUse, next, isReserved: reserved !== undefined };
  if (!existsSync(cert)) checkNewNumber(number, known, { counter, line }, forceNumber);
  const { signingKey } = loadColdSigningKey(coldSkey);
  try {
    if (hexOf(signingKey.deriveVerificationKey()) !== pool) throw otherPool(coldSkey, 'cold key');
  } finally {
    signingKey.release();
  }
}

/** The command line of a beginning, without `--reuse-number`. */
export function lineOf({ again, which, name }: Beginning): string {
  return which === 'next' ? again : `${again} --name ${name}`;
}

function otherPool(path: string, what: string): CommandError {
  return new CommandError(
    'invalid',
    `${sourceName(path)}: it is not the ${what} of the pool of the certificate in use`,
  );
}

/** The certificate, and warnings about it. */
export interface IssuedHere {
  readonly file: IssuedCertificate;
  readonly warnings: readonly string[];
}

/** Issues the certificate, or keeps the one of an interrupted rotation. */
export function issueHere(cold: ColdFiles, wanted: NewCertificate): IssuedHere {
  const file = existsSync(wanted.path) ? kept(cold, wanted) : issued(cold, wanted);
  return { file, warnings: [WARNING] };
}

function kept(
  { counter }: ColdFiles,
  { path, hotVerificationKey, startPeriod, old }: NewCertificate,
): IssuedCertificate {
  const file = readCertificate(path);
  const { certificate, coldVerificationKey } = file;
  const isIts =
    sameBytes(certificate.hotVerificationKey, hotVerificationKey) &&
    sameBytes(coldVerificationKey, old.coldVerificationKey) &&
    certificate.startPeriod === startPeriod &&
    judgeSignature(file).valid;
  if (!isIts) throw foreign(path);
  eraseLeftovers(path);
  // Erases what the interrupted run left beside the counter: unfinished files and the reservation.
  writeCounter(counter, readCounter(counter), { replace: true });
  return file;
}

function issued(
  { coldSkey, counter, reuseNumber }: ColdFiles,
  wanted: NewCertificate,
): IssuedCertificate {
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  const { hotVerificationKey, startPeriod } = wanted;
  const request = { coldKey, counterPath: counter, hotVerificationKey, startPeriod, reuseNumber };
  try {
    return issueAgain(wanted, request);
  } catch (error) {
    // An error that names no file is about the counter.
    throw namingFile(counter, withReuse(error, { counter, line: wanted.line }));
  } finally {
    coldKey.release();
  }
}

/** A number that an interrupted run reserved for this certificate is used: signed again, the certificate is the same. */
function issueAgain(wanted: NewCertificate, request: IssueRequest): IssuedCertificate {
  try {
    return issueToFile(wanted.path, request);
  } catch (error) {
    if (!isReservedFor(error, wanted)) throw error;
    return issueToFile(wanted.path, { ...request, reuseNumber: error.reservation.number });
  }
}

function isReservedFor(
  error: unknown,
  { hotVerificationKey, startPeriod }: NewCertificate,
): error is ReservedNumberError {
  if (!(error instanceof ReservedNumberError)) return false;
  const { reservation } = error;
  return (
    reservation.startPeriod === startPeriod &&
    sameBytes(reservation.hotVerificationKey, hotVerificationKey)
  );
}
