/** A new certificate is judged by clock and counter, and issued under the counter's lock: the number that was judged is taken. */
import { type IssuedCertificate } from '@evolock/cardano-headers';
import { numberVerdict } from '@evolock/cardano-headers/certificates';
import {
  issueToFile,
  readCounter,
  readReservation,
  type Reservation,
  SpentNumberError,
} from '@evolock/cardano-kes';
import { withLockFile } from '@evolock/cardano-kes/all';
import { CommandError, invalid, usage } from '@evolock/command-line/errors';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { namingFile } from '../errors.js';
import { loadColdSigningKey } from '../files/key-files.js';
import { type NetworkMoment, timeInWords } from '../network/clock.js';
import {
  checkNewNumber,
  type IssuingCommand,
  judgeNewNumber,
  type KnownNumbers,
} from './number.js';
import { checkClock, checkStart, type Start } from './start.js';

/** A certificate that will be issued: all that is known of it without its counter. */
export interface NewCertificate extends Start {
  readonly command: IssuingCommand;
  readonly coldSkey: string;
  readonly reuseNumber: bigint | undefined;
  readonly known: KnownNumbers;
  /** `undefined` when the moment was judged before, or is not judged. */
  readonly at?: NetworkMoment | undefined;
}

export interface IssuingFacts extends NewCertificate {
  readonly number: bigint;
  readonly next: bigint;
  readonly reservation: Reservation | undefined;
  readonly coldVerificationKey: Uint8Array;
}

/** Reads the counter of a certificate. The verification key of the cold key is compared, if it is given. */
export function issuingFacts(
  certificate: NewCertificate,
  coldVerificationKey?: Uint8Array,
): IssuingFacts {
  const { command, coldSkey, reuseNumber, known } = certificate;
  const counter = readCounter(command.counter);
  const reservation = readReservation(command.counter);
  const pools = [
    { ...counter, name: sourceName(command.counter) },
    ...(known.pools ?? []),
    { name: sourceName(coldSkey), coldVerificationKey },
  ];
  const { next } = counter;
  return {
    ...certificate,
    number: reuseNumber ?? next,
    next,
    reservation,
    coldVerificationKey: counter.coldVerificationKey,
    known: { ...known, next, isReserved: reservation !== undefined, pools },
  };
}

/** What holds when the check does not throw. It returns warnings. */
type IssuingCheck = readonly [name: string, check: () => readonly string[]];

/** The checks, in their order: a period is compared with a clock that was judged, and a number with files of one pool. */
export function issuingChecks(facts: IssuingFacts): IssuingCheck[] {
  const { number, reuseNumber, command, known, at, startPeriod } = facts;
  const ofTime: IssuingCheck[] =
    at === undefined
      ? []
      : [
          [
            'the clock is not too far behind anything that this machine can see',
            () => checkClock({ ...facts, ...at }, 'Set the clock, or give the moment by --now'),
          ],
          [`start period ${startPeriod} fits the current one`, () => checkStart(facts, at)],
        ];
  const last = `number ${number} is the last one that ${sourceName(command.counter)} gave`;
  return [
    ...ofTime,
    ['no earlier run reserved a number and left no certificate', () => checkReservation(facts)],
    ...(reuseNumber === undefined ? [] : [[last, () => checkLast(facts)] as const]),
    [
      `number ${number} is not known to be refused by the network`,
      () => checkNewNumber(number, known, command),
    ],
  ];
}

export function checkIssuing(facts: IssuingFacts): string[] {
  return issuingChecks(facts).flatMap(([, check]) => check());
}

/** A reserved number is used again before a new one is taken, unless the network refuses it. */
function checkReservation({ reservation, reuseNumber, known, command }: IssuingFacts): string[] {
  if (reservation === undefined || reuseNumber !== undefined) return [];
  const { number, time, certificatePath } = reservation;
  if (judgeNewNumber(number, known).verdict === 'refused')
    return checkNewNumber(number, known, command);
  throw usage(
    `${printable(command.counter)}: number ${number} was reserved on ${timeInWords(time)} for ${printable(certificatePath)}, where no certificate has it: a run was killed or failed. Issue with this number: ${command.line} --reuse-number ${number}`,
    { code: 'ERR_EVOLOCK_CARDANO_RESERVED_NUMBER' },
  );
}

/** Only the last number that a counter gave can be used again. */
function checkLast({ number, next, command: { counter } }: IssuingFacts): string[] {
  if (numberVerdict(number, { next }).given === 'last') return [];
  const orElse =
    next === 0n
      ? 'it has given no number: leave --reuse-number out'
      : `its last number is ${next - 1n}: give --reuse-number ${next - 1n}, or leave it out`;
  throw invalid(
    `${printable(counter)}: number ${number} is not the last one that it gave, and ${orElse}`,
  );
}

interface Issuing {
  readonly out: string;
  readonly hotVerificationKey: Uint8Array;
  readonly replace: boolean;
  /** Shows the warnings before a number is taken. */
  readonly show?: (warnings: readonly string[]) => void;
}

/** Judges a certificate and issues it. Meanwhile no other run takes a number of the counter. */
export function issueJudged(
  certificate: NewCertificate,
  { out, hotVerificationKey, replace, show }: Issuing,
): IssuedCertificate {
  const { command, coldSkey, startPeriod, reuseNumber, known } = certificate;
  const { counter: counterPath } = command;
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  try {
    return withLockFile(counterPath, () => {
      const warnings = checkIssuing(issuingFacts(certificate, coldKey.deriveVerificationKey()));
      show?.(warnings);
      const request = {
        coldKey,
        counterPath,
        hotVerificationKey,
        startPeriod,
        reuseNumber,
        onChain: known.onChain?.last,
        inUse: known.inUse,
      };
      return issueToFile(out, request, { replace });
    });
  } catch (error) {
    // An error that names no file is about the counter. Errors about the other files name them.
    throw namingFile(counterPath, withWayOut(error, command));
  } finally {
    coldKey.release();
  }
}

/** The error about a number that was taken without a certificate, with the way out. Other errors stay as they are. */
function withWayOut(error: unknown, { counter, line }: IssuingCommand): unknown {
  if (!(error instanceof SpentNumberError)) return error;
  const { number, isCertain, cause } = error;
  const why = cause instanceof Error ? cause.message : 'the certificate was not issued';
  const reuse = `${line} --reuse-number ${number}`;
  const wayOut = isCertain
    ? `the number ${number} is used up, and this run left no certificate of it. Issue with this number: ${reuse}`
    : `the counter could not be read again, so it is unknown whether the number ${number} is used up. Read it: kes inspect ${shellWord(counter)}. If it holds ${number}, issue again: ${line}; if it holds ${number + 1n}: ${reuse}`;
  return new CommandError('environment', `${why}; ${wayOut}`, { cause: error, code: error.code });
}
