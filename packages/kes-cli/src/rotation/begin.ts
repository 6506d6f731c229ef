/** The beginning of a rotation: the next key, and its certificate or the request of it. */
import { existsSync } from 'node:fs';
import {
  absolutePeriod,
  type AbsolutePeriod,
  eraseLeftovers,
  evolutionOf,
  hexOf,
  type IssuedCertificate,
  type IssueRequest,
  issueToFile,
  type KesParameters,
  readCertificate,
  readCounter,
  readReservation,
  ReservedNumberError,
  writeCounter,
} from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { InvalidArgumentError } from 'commander';
import { certificateFacts, certificateJson, judgeSignature } from '../certificates/certificate.js';
import {
  checkNewNumber,
  judgeNumber,
  type LastOnChain,
  withReuse,
} from '../certificates/number.js';
import { numberChecks, wayToIssueAgain } from '../certificates/on-chain.js';
import { allValid, type Answer, type Check, type Fact, type JsonMembers } from '../cli/answer.js';
import { CommandError, namingFile } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { counted, printable, shellWord, sourceName } from '../cli/text.js';
import { refuseDash } from '../files/read.js';
import { loadColdSigningKey, refuseStdin } from '../keys/signing-key.js';
import { periodAt } from '../network/clock.js';
import { foreign, type NewFiles, type PairName, writeRequest } from './new-files.js';
import { type PairJudgement, type Rotation, type Step, stepsInWords } from './rotation.js';

/** Where the next key is made: beside the old one, or in an agent. */
export interface KeyPlace {
  readonly files: NewFiles;
  readonly warnings: readonly string[];
  /** Makes the key, or finds the one of an interrupted rotation. Returns its verification key. */
  readonly makeKey: () => Promise<Uint8Array>;
  /** The place of the signing key, for a person. */
  readonly fact: Fact;
  readonly json: JsonMembers;
  /** Checks a certificate that was issued here. */
  readonly judge: (file: IssuedCertificate) => Promise<PairJudgement>;
  /** What to do when the certificate is on this machine. A certificate that was issued here was checked. */
  readonly stepsAfter: (isIssuedHere: boolean) => readonly Step[];
}

/** A rotation that begins. */
export interface Beginning extends Rotation, PairName {
  readonly old: IssuedCertificate;
  /** The command that begins this rotation, without a name and a number. */
  readonly again: string;
  /** The last number on chain, if it is known. */
  readonly onChainNumber: LastOnChain | undefined;
  /** The cold key, if it is on this machine. */
  readonly cold: ColdFiles | undefined;
}

/** A name that `--name` gives: of the pair of an earlier KES period, or of a second pair of this one. */
export function pairNameIn(text: string): Pick<PairName, 'startPeriod' | 'name'> {
  const [, period] = /^([0-9]{1,20})[a-z]*$/.exec(text) ?? [];
  if (period === undefined || BigInt(period) >= 1n << 64n) {
    throw new InvalidArgumentError('It is not a KES period, or one with letters, like 1574b.');
  }
  return { startPeriod: absolutePeriod(BigInt(period)), name: text };
}

/** The names of the rotation. The KES period in which it begins is the start period of the next certificate. */
export function pairNameOf(
  { cert, parameters, moment }: Rotation,
  { certificate }: IssuedCertificate,
  stated: Pick<PairName, 'startPeriod' | 'name'> | undefined,
): PairName {
  const { period } = periodAt(parameters, moment);
  if (stated === undefined) return { startPeriod: period, name: String(period), which: 'next' };
  const { startPeriod, name } = stated;
  if (startPeriod < certificate.startPeriod || startPeriod > period) {
    throw new CommandError(
      'usage',
      `--name ${name}: give a KES period from ${certificate.startPeriod}, the start of ${printable(cert)}, to ${period}, the current one`,
    );
  }
  if (isOver(parameters, startPeriod, period)) {
    throw new CommandError(
      'usage',
      `--name ${name}: a certificate from KES period ${startPeriod} has ended, since it is ${period} now: leave --name out`,
    );
  }
  return { startPeriod, name, which: startPeriod === period ? 'another' : 'earlier' };
}

/** Whether a certificate from a KES period has ended. */
export function isOver(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): boolean {
  return evolutionOf(parameters, startPeriod, period).state === 'expired';
}

/** Makes the next key, and its certificate or the request of it. */
export async function begin(
  session: Session,
  beginning: Beginning,
  place: KeyPlace,
): Promise<Answer> {
  const { cold } = beginning;
  // Every check comes before the key is made.
  if (cold !== undefined) checkColdFiles(cold, beginning, place.files.cert);
  const key = await place.makeKey();
  const made =
    cold === undefined
      ? await requested(session, beginning, place, key)
      : await issued(cold, beginning, place, key);
  return answerOf(beginning, place, key, {
    ...made,
    warnings: [...place.warnings, ...made.warnings],
  });
}

/** What was made for the certificate. */
interface Made {
  readonly title: string;
  readonly request: string | null;
  readonly file: IssuedCertificate | undefined;
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
  readonly steps: readonly Step[];
}

async function requested(
  session: Session,
  { old, startPeriod, parameters, moment, onChainNumber }: Beginning,
  { files: { request, cert }, stepsAfter }: KeyPlace,
  key: Uint8Array,
): Promise<Made> {
  await writeRequest(session, request, {
    time: moment.date ?? new Date(0),
    kesVerificationKey: key,
    startPeriod,
    parameters,
    coldVerificationKey: old.coldVerificationKey,
    onChain: onChainNumber,
    replaces: old.certificate,
  });
  const there = `kes opcert issue --request ${shellWord(request)} --cold-skey cold.skey --counter cold.counter --out ${shellWord(cert)}`;
  return {
    title: 'the next KES key, and the request of its certificate',
    request,
    file: undefined,
    checks: [],
    warnings: [],
    steps: [
      [
        `Copy ${printable(request)} to the machine with the cold key, and run there:`,
        there,
        onChainNumber === undefined
          ? 'The request does not say what is on chain: add --on-chain there, or run kes rotate again with it.'
          : 'The request says what is on chain. Where the counter does not fit, add --on-chain there too: then the command shows the way.',
      ],
      [`Copy ${printable(cert)} back.`],
      ...stepsAfter(false),
    ],
  };
}

async function issued(
  cold: ColdFiles,
  beginning: Beginning,
  { files: { cert }, judge, stepsAfter }: KeyPlace,
  key: Uint8Array,
): Promise<Made> {
  const { old, startPeriod, onChainNumber: onChain, network } = beginning;
  const line = lineOf(beginning);
  const wanted = { path: cert, hotVerificationKey: key, startPeriod, old, line };
  const { file, warnings } = issueHere(cold, wanted);
  const judged = await judge(file);
  const { sequenceNumber: inUse } = old.certificate;
  const number = judgeNumber(file.certificate.sequenceNumber, { onChain, inUse });
  const unknown = number.verdict === 'unknown' ? [number.words] : [];
  const again = wayToIssueAgain(number, { file, out: cert, network, onChain, cold });
  const checks = [...judged.checks, ...numberChecks(number, again)];
  return {
    title: 'the next KES key, and its certificate',
    request: null,
    file,
    checks,
    warnings: [...warnings, ...unknown, ...judged.warnings],
    // A node is not started with a pair that is not good.
    steps: allValid(checks) ? stepsAfter(true) : [],
  };
}

function startInWords({ startPeriod, parameters, moment }: Beginning): string {
  const past = periodAt(parameters, moment).period - startPeriod;
  const when = past === 0n ? 'the current one' : `${counted(past, 'KES period')} ago`;
  return `KES period ${startPeriod}, ${when}`;
}

function answerOf(
  beginning: Beginning,
  { files, fact, json }: KeyPlace,
  key: Uint8Array,
  { title, request, file, checks, warnings, steps }: Made,
): Answer {
  const facts: Fact[] = [
    fact,
    ['verification key', printable(files.vkey)],
    ...(request === null ? [] : [['request', printable(request)] as const]),
    ...(file === undefined
      ? [['KES key', hexOf(key)] as const, ['starts at', startInWords(beginning)] as const]
      : [['certificate', printable(files.cert)] as const, ...certificateFacts(file)]),
  ];
  return {
    warnings,
    json: {
      ...json,
      verificationKeyFile: files.vkey,
      requestFile: request,
      certificateFile: files.cert,
      kesVerificationKey: hexOf(key),
      startPeriod: String(beginning.startPeriod),
      ...(file === undefined ? {} : { certificate: certificateJson(file), checks }),
    },
    result: [{ valid: allValid(checks), words: title }],
    checks,
    facts,
    after: stepsInWords(steps),
  };
}

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
interface NewCertificate {
  readonly path: string;
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  /** The certificate that it replaces. */
  readonly old: IssuedCertificate;
  /** The command line, without `--reuse-number`. */
  readonly line: string;
}

const WARNING =
  'the cold key is on this machine: a copy of it gives control of the pool. Keep it on a machine without a network, and leave --cold-skey-here out: then kes rotate writes a request for that machine';

/** Refuses a cold key or a counter of another pool, and an old copy of the counter, before a key is made. */
function checkColdFiles(
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
interface IssuedHere {
  readonly file: IssuedCertificate;
  readonly warnings: readonly string[];
}

/** Issues the certificate, or keeps the one of an interrupted rotation. */
function issueHere(cold: ColdFiles, wanted: NewCertificate): IssuedHere {
  const file = existsSync(wanted.path) ? kept(cold, wanted) : newlyIssued(cold, wanted);
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
  // Erases what the interrupted run left beside the counter: unfinished files and its reservation. That of another
  // certificate, which has none yet, stays.
  if (readReservation(counter) === undefined)
    writeCounter(counter, readCounter(counter), { replace: true });
  return file;
}

function newlyIssued(
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
