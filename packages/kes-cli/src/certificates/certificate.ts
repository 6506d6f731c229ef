/** Operational certificates and their counters: read, judged, also at a moment, as JSON, and for a person. */
import {
  type AbsolutePeriod,
  type CertificateBody,
  type CertificateVerdict,
  type EvolutionStatus,
  evolutionOf,
  type Expiry,
  expiryOf,
  hexOf,
  type IssuedCertificate,
  type KesParameters,
  type OperationalCertificate,
  periodOfSlot,
  slot,
  poolIdOf,
} from '@evolock/cardano-headers';
import {
  type CertificateCounter,
  type CertificateCounterFile,
  parseCertificate,
  parseCounter,
} from '@evolock/cardano-headers/certificates';
import { readCertificate, readCounter, nativeHeaders } from '@evolock/cardano-kes';
import type { Check, Fact, JsonMembers } from '@evolock/command-line/answer';
import { counted } from '@evolock/command-line/text';
import type { Readers } from '../files/read.js';
import { DAY, type Moment, timeInWords } from '../network/clock.js';

const { verifyCertificate } = nativeHeaders;

export const CERTIFICATE: Readers<IssuedCertificate> = {
  read: readCertificate,
  parse: parseCertificate,
};

/** A certificate with its cold key, if that is known: a file states it, an agent does not. Before it is signed, it is a body. */
export interface Certificate<T extends CertificateBody = OperationalCertificate> {
  readonly certificate: T;
  readonly coldVerificationKey?: Uint8Array | undefined;
}

type Content = Certificate<CertificateBody & Partial<OperationalCertificate>>;

export function certificateFacts({ certificate, coldVerificationKey: key }: Content): Fact[] {
  return [
    ...(key === undefined ? [] : [['pool', poolIdOf(key).bech32] as const]),
    ['KES key', hexOf(certificate.hotVerificationKey)],
    ['starts at', `KES period ${certificate.startPeriod}`],
    ['sequence number', String(certificate.sequenceNumber)],
  ];
}

export function certificateJson({ certificate, coldVerificationKey: key }: Content): JsonMembers {
  return {
    kesVerificationKey: hexOf(certificate.hotVerificationKey),
    sequenceNumber: String(certificate.sequenceNumber),
    startPeriod: String(certificate.startPeriod),
    signature: certificate.signature && hexOf(certificate.signature),
    ...(key === undefined ? {} : poolJson(key)),
  };
}

function poolJson(coldVerificationKey: Uint8Array): JsonMembers {
  return {
    coldVerificationKey: hexOf(coldVerificationKey),
    poolId: { ...poolIdOf(coldVerificationKey) },
  };
}

/** Why the cold key did not sign a certificate, with the way out. */
export function refusalInWords({ reason, message }: RefusedCertificate): string {
  return reason === 'pre-launch-form' ? `${message}: issue the certificate again` : message;
}

export type RefusedCertificate = Extract<CertificateVerdict, { valid: false }>;

export function judgeSignature({ certificate, coldVerificationKey }: IssuedCertificate): Check {
  const verdict = verifyCertificate(certificate, coldVerificationKey);
  return verdict.valid
    ? { valid: true, words: 'signed by its cold key' }
    : { valid: false, words: refusalInWords(verdict) };
}

export const COUNTER: Readers<CertificateCounterFile> = { read: readCounter, parse: parseCounter };

export function counterFacts({ next, coldVerificationKey }: CertificateCounter): Fact[] {
  return [
    ['next number', String(next)],
    ['pool', poolIdOf(coldVerificationKey).bech32],
  ];
}

export function counterJson({ next, coldVerificationKey }: CertificateCounter): JsonMembers {
  return { next: String(next), ...poolJson(coldVerificationKey) };
}

/** The last slot: slots have 64 bits. */
const LAST_SLOT = slot(2n ** 64n - 1n);

export interface LifeAt {
  readonly moment: Moment;
  readonly period: AbsolutePeriod;
  readonly evolution: EvolutionStatus;
  readonly expiry: Expiry;
  readonly remainingPeriods: number;
  /** Days until its end; absent when the network has no dates, or the certificate has expired. */
  readonly days: number | undefined;
}

export function lifeAt(
  parameters: KesParameters,
  { certificate: { startPeriod } }: Certificate<CertificateBody>,
  moment: Moment,
): LifeAt {
  const period = periodOfSlot(parameters, moment.slot);
  const evolution = evolutionOf(parameters, startPeriod, period);
  const expiry = expiryOf(parameters, startPeriod);
  const left = (expiry.date?.getTime() ?? NaN) - (moment.date?.getTime() ?? NaN);
  const days = left >= 0 ? left / DAY : undefined;
  const remainingPeriods = periodsLeft(parameters, startPeriod, evolution);
  return { moment, period, evolution, expiry, remainingPeriods, days };
}

export function hasEnded(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): boolean {
  return evolutionOf(parameters, startPeriod, period).state === 'expired';
}

/** The valid KES periods after the current one. Before the start of the certificate, all that have slots. */
function periodsLeft(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  evolution: EvolutionStatus,
): number {
  const { state, limit } = evolution;
  if (state === 'expired') return 0;
  const begun = state === 'valid' ? BigInt(evolution.evolution) + 1n : 0n;
  const withSlots = periodOfSlot(parameters, LAST_SLOT) - startPeriod + 1n;
  const valid = withSlots < BigInt(limit.evolutions) ? withSlots : BigInt(limit.evolutions);
  return valid > begun ? Number(valid - begun) : 0;
}

/** When it starts or ended; `undefined` while it is valid. */
export function whenInWords({ evolution, remainingPeriods }: LifeAt): string | undefined {
  const { state, difference, limit } = evolution;
  if (state === 'valid') return undefined;
  if (state === 'not-yet')
    return remainingPeriods === 0 ? 'never starts' : `starts in ${inPeriods(-difference)}`;
  const since = difference - BigInt(limit.evolutions);
  return since === 0n ? 'ended with the last KES period' : `ended ${inPeriods(since)} ago`;
}

export function judgeTime(life: LifeAt): Check {
  const { evolution, expiry, remainingPeriods } = life;
  const when = whenInWords(life);
  if (when === undefined) return { valid: true, words: 'valid at this KES period' };
  if (evolution.state === 'not-yet') {
    const why = remainingPeriods === 0 ? ': its start period has no slots' : '';
    return { valid: false, words: `it ${when}${why}` };
  }
  const date = expiry.date === undefined ? '' : `, ${timeInWords(expiry.date)}`;
  return { valid: false, words: `it ${when}${date}: issue a new one` };
}

/** A KES period, and the evolution of a certificate there: each number alone could be the other one. */
export function periodsInWords(
  period: bigint | string | null,
  evolution: bigint | number | string,
): string {
  return `KES period ${period}, evolution ${evolution}`;
}

type Range = readonly [first: number | bigint | string, last: number | bigint | string];

/** KES periods and evolutions from a first to a last one. */
export function rangesInWords(periods: Range, evolutions: Range): string {
  return `${rangeInWords('KES period', periods)}, ${rangeInWords('evolution', evolutions)}`;
}

function rangeInWords(noun: string, [first, last]: Range): string {
  return first === last ? `${noun} ${first}` : `${noun}s ${first}–${last}`;
}

export function evolutionInWords(
  value: bigint | string,
  { state, limit }: Pick<EvolutionStatus, 'state' | 'limit'>,
): string {
  const place = state === 'valid' ? 'within' : 'outside';
  return `${value}, ${place} 0–${limit.evolutions - 1}, the limit of the ${limit.setBy}`;
}

export function evolutionJson({ state, difference, limit }: EvolutionStatus): JsonMembers {
  return { state, value: String(difference), limit: { ...limit } };
}

export function lifeAtJson({ evolution, remainingPeriods }: LifeAt): JsonMembers {
  return { ...evolutionJson(evolution), remainingPeriods };
}

/** How much of the life of a certificate is over. */
export function overInWords({ evolution: { difference, limit } }: LifeAt): string {
  const all = BigInt(limit.evolutions);
  const over = difference < 0n ? 0n : difference < all ? difference : all;
  return `${over} of ${inPeriods(all)}`;
}

export function leftInWords({ moment, evolution, expiry, remainingPeriods, days }: LifeAt): string {
  const isLater = evolution.state === 'not-yet';
  if (evolution.state === 'expired' || (isLater && remainingPeriods === 0)) return 'none';
  const count = inPeriods(BigInt(remainingPeriods));
  const periods = isLater ? `all ${count}` : `${count} after this one`;
  if (expiry.slot === undefined) return periods;
  const distance =
    days === undefined ? counted(expiry.slot - moment.slot, 'slot') : `${days.toFixed(1)} days`;
  const date = expiry.date === undefined ? '' : `, ${timeInWords(expiry.date)}`;
  return `${periods}; it ends in ${distance}: slot ${expiry.slot}${date}`;
}

function inPeriods(count: bigint): string {
  return counted(count, 'KES period');
}
