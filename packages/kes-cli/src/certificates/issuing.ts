/** The checks of a new certificate before its number is taken, from what is known. */
import {
  ReservedNumberError,
  type AbsolutePeriod,
  type KesParameters,
  type Reservation,
} from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { printable, sourceName } from '../cli/text.js';
import type { Moment } from '../network/clock.js';
import {
  checkNewNumber,
  judgeNewNumber,
  withReuse,
  type IssuingCommand,
  type KnownNumbers,
  type LastOnChain,
  type NamedPool,
} from './number.js';
import type { CertificateRequest } from './request.js';
import { checkClock, checkStart, type ReplacedStart } from './start-check.js';

/** What is known of a certificate that will be issued. */
export interface IssuingFacts {
  readonly startPeriod: AbsolutePeriod;
  readonly number: bigint;
  /** Whether the number is the last one of the counter, used again. */
  readonly isReused: boolean;
  /** The next number of the counter. */
  readonly next: bigint;
  /** `undefined` without a network. */
  readonly at: { readonly parameters: KesParameters; readonly moment: Moment } | undefined;
  readonly request: CertificateRequest | undefined;
  readonly replaced: ReplacedStart | undefined;
  /** The number that an earlier run reserved, unless a number is used again. */
  readonly reservation: Reservation | undefined;
  /** What was stated on this machine. */
  readonly onChain: LastOnChain | undefined;
  /** The pools of the counter, the request and the cold key. */
  readonly pools: readonly NamedPool[];
  /** The cold key of the counter. */
  readonly coldVerificationKey: Uint8Array;
  readonly command: IssuingCommand;
  readonly forcePeriod: boolean;
  readonly forceNumber: boolean;
}

/** A check: what holds when it does not throw. It returns warnings. */
interface IssuingCheck {
  readonly name: string;
  readonly check: () => string[];
}

/** The checks, in their order: a period is compared with a clock that was judged, and a number with files of one pool. */
export function issuingChecks(facts: IssuingFacts): IssuingCheck[] {
  const { number, isReused, command, forceNumber } = facts;
  const known = knownOf(facts);
  return [
    ...timeChecks(facts),
    {
      name: 'no earlier run reserved a number and left no certificate',
      check: () => reservationWarnings(facts),
    },
    ...(isReused
      ? [
          {
            name: `number ${number} is the last one that ${sourceName(command.counter)} gave`,
            check: () => checkLast(facts),
          },
        ]
      : []),
    {
      name: `number ${number} is not known to be refused by the network`,
      check: () => checkNewNumber(number, known, command, forceNumber),
    },
  ];
}

function timeChecks({
  at,
  startPeriod,
  replaced,
  request,
  forcePeriod,
}: IssuingFacts): IssuingCheck[] {
  if (at === undefined) return [];
  const orElse =
    request === undefined
      ? 'give another start period (kes period shows the current one)'
      : 'make the request again';
  return [
    {
      name: 'the clock is not behind anything that this machine can see',
      check: () => {
        checkClock({ ...at, replaced, requested: request?.time });
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
function reservationWarnings(facts: IssuingFacts): string[] {
  const { reservation, command } = facts;
  if (reservation === undefined) return [];
  const known = { ...knownOf(facts), isReserved: true };
  const isRefused = judgeNewNumber(reservation.number, known).verdict === 'refused';
  if (isRefused) return checkNewNumber(reservation.number, known, command, false);
  throw withReuse(new ReservedNumberError(command.counter, reservation), command);
}

/** Only the last number that a counter gave can be used again. */
function checkLast({ number, next, command: { counter } }: IssuingFacts): string[] {
  if (next === number + 1n) return [];
  const orElse =
    next === 0n
      ? 'it has given no number: leave --reuse-number out'
      : `its last number is ${next - 1n}: give --reuse-number ${next - 1n}, or leave it out`;
  throw new CommandError(
    'invalid',
    `${printable(counter)}: number ${number} is not the last one that it gave, and ${orElse}`,
  );
}

/** What is known of the number: what is on chain, and the certificate in use, which the request states. */
function knownOf({ onChain, request, next, pools }: IssuingFacts): KnownNumbers {
  return {
    onChain: onChain ?? request?.onChain,
    inUse: request?.replaces?.sequenceNumber,
    next,
    says: request === undefined ? undefined : 'the request says that ',
    isStated: onChain !== undefined,
    pools,
  };
}
