/** A new certificate is judged by clock and counter, and issued under the counter's lock: the number that was judged is taken. */
import {
  type AbsolutePeriod,
  evolutionOf,
  issueToFile,
  type IssuedCertificate,
  type KesParameters,
  networkNamed,
  networkNames,
  NoDateError,
  periodOfSlot,
  readCounter,
  readReservation,
  type Reservation,
  slotOfDate,
  SpentNumberError,
  withLockFile,
} from '@evolock/cardano-kes';
import { CommandError, invalid, usage } from '@evolock/command-line/errors';
import { counted, printable, shellWord, sourceName } from '@evolock/command-line/text';
import { namingFile } from '../errors.js';
import { loadColdSigningKey } from '../keys/key-files.js';
import { DAY, type Place, timeInWords } from '../network/clock.js';
import {
  checkNewNumber,
  type IssuingCommand,
  judgeNewNumber,
  type KnownNumbers,
} from './number.js';

declare const RELEASE_DATE: string;

/** The part of a life that a start period may lie away from now: a tenth, which is 7 KES periods on mainnet. */
const MARGIN = 10;

/** What a machine can see besides its clock. */
interface Signs {
  /** The start of the certificate in use or replaced, if it is known. Its name is safe to print. */
  readonly replaced?: { readonly name: string; readonly startPeriod: AbsolutePeriod } | undefined;
  /** When the request was made, if there is one. It shows that a clock is behind, and is no clock itself. */
  readonly requested?: Date | undefined;
}

/** A certificate that will be issued: all that is known of it without its counter. */
export interface NewCertificate extends Signs {
  readonly command: IssuingCommand;
  readonly coldSkey: string;
  readonly startPeriod: AbsolutePeriod;
  readonly reuseNumber: bigint | undefined;
  readonly known: KnownNumbers;
  /** `undefined` when the moment was judged before, or is not judged. */
  readonly at?: Place | undefined;
  readonly forcePeriod?: boolean | undefined;
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
            'the clock is not behind anything that this machine can see',
            () => checkClock({ ...facts, ...at }),
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

/** Refuses a clock that is behind, and a certificate of another network, which starts later by a right clock too. */
export function checkClock(facts: Place & Signs): [] {
  const { clock, date } = facts.moment;
  const sign = date === undefined ? undefined : signOfLater(facts, date);
  if (sign === undefined) return [];
  throw clock === 'machine'
    ? new CommandError(
        'environment',
        `the clock of this machine is behind: it says ${timeInWords(date)}, and ${sign}. Set the clock`,
      )
    : usage(`--now ${timeInWords(date)}: ${sign}. Give the current moment`);
}

/** A sign that a moment is behind: something was made later, or the certificate in use starts later. */
function signOfLater(
  { parameters, moment, replaced, requested }: Place & Signs,
  date: Date,
): string | undefined {
  // What a person states may be the beginning of a day.
  const latest = moment.clock === 'machine' ? date : new Date(date.getTime() + DAY);
  const made = [
    { what: 'this release of kes', time: new Date(RELEASE_DATE) },
    { what: 'the request', time: requested },
  ].find(({ time = latest }) => latest < time);
  if (made !== undefined) return `${made.what} was made later, at ${timeInWords(made.time)}`;
  if (replaced === undefined) return undefined;
  const { name, startPeriod } = replaced;
  const now = periodOfSlot(parameters, moment.slot);
  // It may be valid now on another network.
  for (const other of now >= startPeriod ? [] : networkNames) {
    const network = networkNamed(other);
    const period = other === parameters.name ? undefined : periodOn(network, date);
    if (period === undefined) continue;
    if (evolutionOf(network, startPeriod, period).state !== 'valid') continue;
    throw usage(
      `${name} starts at KES period ${startPeriod}, and ${parameters.name} is in ${now} now. It is a certificate of ${other}, which is in ${period} now: name that network`,
    );
  }
  const period = periodOn(parameters, latest) ?? now;
  if (period >= startPeriod) return undefined;
  return `${name} starts later, at KES period ${startPeriod}, while it is ${period} by this clock`;
}

/** The KES period of a network at a moment; `undefined` before its first slot. */
function periodOn(parameters: KesParameters, date: Date): AbsolutePeriod | undefined {
  try {
    return periodOfSlot(parameters, slotOfDate(parameters, date));
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}

/** Refuses a start period whose certificate has ended, or that lies far ahead, unless that is forced. Returns warnings. */
function checkStart(
  { startPeriod, requested, forcePeriod = false }: NewCertificate,
  { parameters, moment }: Place,
): string[] {
  const period = periodOfSlot(parameters, moment.slot);
  const { state, difference, limit } = evolutionOf(parameters, startPeriod, period);
  const margin = BigInt(Math.ceil(limit.evolutions / MARGIN));
  const isFar = -difference > margin;
  const about =
    state === 'expired'
      ? `its certificate has ended, since it is KES period ${period} now, and a certificate is valid for ${counted(limit.evolutions, 'period')}`
      : difference < 0n
        ? `it begins in ${counted(-difference, 'KES period')}${isFar ? `, since it is ${period} now` : ''}, and no node can use its certificate before`
        : difference > margin
          ? `it is KES period ${period} now, so ${difference} of ${counted(limit.evolutions, 'period')} of its certificate are over`
          : undefined;
  if (about === undefined) return [];
  const words = `start period ${startPeriod}: ${about}`;
  if (forcePeriod || (state !== 'expired' && !isFar)) return [words];
  const clock = moment.clock === 'machine' ? 'the clock of this machine' : '--now';
  const orElse =
    requested === undefined
      ? 'give another start period (kes period shows the current one)'
      : 'make the request again';
  throw usage(
    `${words}. Compare ${clock} with a right one: it says ${timeInWords(moment.date)}. If it is right, ${orElse}, or add --force-period`,
  );
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
  const { counter: counterPath } = command;
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  try {
    return withLockFile(counterPath, () => {
      const warnings = checkIssuing(issuingFacts(certificate, coldKey.deriveVerificationKey()));
      show?.(warnings);
      const request = { coldKey, counterPath, hotVerificationKey, startPeriod, reuseNumber };
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
