/** A new certificate: it is judged and issued under the lock of its counter, so that the number that was judged is taken. */
import {
  issueToFile,
  readCounter,
  readReservation,
  SpentNumberError,
  withLockFile,
  type AbsolutePeriod,
  type IssuedCertificate,
  type KesParameters,
  type Reservation,
} from '@evolock/cardano-kes';
import { CommandError, invalid, usage } from '@evolock/command-line/errors';
import { namingFile } from '../errors.js';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { loadColdSigningKey } from '../keys/key-files.js';
import { timeInWords, type Moment } from '../network/clock.js';
import {
  checkNewNumber,
  judgeNewNumber,
  type IssuingCommand,
  type KnownNumbers,
} from './number.js';
import { checkClock, checkStart, type ReplacedStart } from './start-check.js';

/** A certificate that will be issued: all that is known of it without its counter. */
export interface NewCertificate {
  readonly command: IssuingCommand;
  readonly coldSkey: string;
  readonly startPeriod: AbsolutePeriod;
  /** The last number of the counter, to use it again. */
  readonly reuseNumber: bigint | undefined;
  /** What is on chain, the certificate in use, and the pools of both. */
  readonly known: KnownNumbers;
  /** `undefined` when the moment was judged before, or is not judged. */
  readonly at?: { readonly parameters: KesParameters; readonly moment: Moment } | undefined;
  readonly replaced?: ReplacedStart | undefined;
  /** When the request was made, if there is one. */
  readonly requested?: Date | undefined;
  readonly forcePeriod?: boolean | undefined;
}

/** The same, with its counter. */
export interface IssuingFacts extends NewCertificate {
  readonly number: bigint;
  /** The next number of the counter. */
  readonly next: bigint;
  readonly reservation: Reservation | undefined;
  /** The cold key of the counter. */
  readonly coldVerificationKey: Uint8Array;
}

/** Reads the counter of a certificate. The verification key of the cold key is compared, if it is given. */
export function issuingFacts(
  certificate: NewCertificate,
  coldVerificationKey?: Uint8Array,
): IssuingFacts {
  const { command, coldSkey, reuseNumber, known } = certificate;
  const counter = readCounter(command.counter);
  const { next } = counter;
  const reservation = readReservation(command.counter);
  const pools = [
    { ...counter, name: sourceName(command.counter) },
    ...(known.pools ?? []),
    { name: sourceName(coldSkey), coldVerificationKey },
  ];
  return {
    ...certificate,
    number: reuseNumber ?? next,
    next,
    reservation,
    coldVerificationKey: counter.coldVerificationKey,
    known: { ...known, next, isReserved: reservation !== undefined, pools },
  };
}

/** A check: what holds when it does not throw. It returns warnings. */
interface IssuingCheck {
  readonly name: string;
  readonly check: () => string[];
}

/** The checks, in their order: a period is compared with a clock that was judged, and a number with files of one pool. */
export function issuingChecks(facts: IssuingFacts): IssuingCheck[] {
  const { number, reuseNumber, command, known } = facts;
  return [
    ...timeChecks(facts),
    {
      name: 'no earlier run reserved a number and left no certificate',
      check: () => checkReservation(facts),
    },
    ...(reuseNumber === undefined
      ? []
      : [
          {
            name: `number ${number} is the last one that ${sourceName(command.counter)} gave`,
            check: () => checkLast(facts),
          },
        ]),
    {
      name: `number ${number} is not known to be refused by the network`,
      check: () => checkNewNumber(number, known, command),
    },
  ];
}

/** Refuses a certificate whose checks fail. Returns warnings. */
export function checkIssuing(facts: IssuingFacts): string[] {
  return issuingChecks(facts).flatMap(({ check }) => check());
}

function timeChecks(facts: IssuingFacts): IssuingCheck[] {
  const { at, startPeriod, requested, forcePeriod = false } = facts;
  if (at === undefined) return [];
  const orElse =
    requested === undefined
      ? 'give another start period (kes period shows the current one)'
      : 'make the request again';
  return [
    {
      name: 'the clock is not behind anything that this machine can see',
      check: () => {
        checkClock({ ...facts, ...at });
        return [];
      },
    },
    {
      name: `start period ${startPeriod} fits the current one`,
      check: () => checkStart({ ...at, startPeriod, orElse }, forcePeriod),
    },
  ];
}

/** A reserved number is used again before a new one is taken, unless the network refuses it. */
function checkReservation({ reservation, reuseNumber, known, command }: IssuingFacts): string[] {
  if (reservation === undefined || reuseNumber !== undefined) return [];
  const isRefused = judgeNewNumber(reservation.number, known).verdict === 'refused';
  if (isRefused) return checkNewNumber(reservation.number, known, command);
  const { number, time, certificatePath } = reservation;
  throw usage(
    `${printable(command.counter)}: number ${number} was reserved on ${timeInWords(time)} for ${printable(certificatePath)}, where no certificate has it: a run was killed or failed. Issue with this number: ${command.line} --reuse-number ${number}`,
    { code: 'ERR_EVOLOCK_CARDANO_RESERVED_NUMBER' },
  );
}

/** Only the last number that a counter gave can be used again. */
function checkLast({ number, next, command: { counter } }: IssuingFacts): string[] {
  if (next === number + 1n) return [];
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
  const { command, coldSkey, startPeriod, reuseNumber } = certificate;
  const { counter } = command;
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  try {
    return withLockFile(counter, () => {
      const warnings = checkIssuing(issuingFacts(certificate, coldKey.deriveVerificationKey()));
      show?.(warnings);
      const request = { coldKey, counterPath: counter, hotVerificationKey, startPeriod };
      return issueToFile(out, { ...request, reuseNumber }, { replace });
    });
  } catch (error) {
    // An error that names no file is about the counter. Errors about the other files name them.
    throw namingFile(counter, withWayOut(error, command));
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
