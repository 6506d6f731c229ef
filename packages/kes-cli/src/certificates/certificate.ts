/** Operational certificates and their counters: read, judged, also at a moment, as JSON, and for a person. */
import {
  type AbsolutePeriod,
  type CertificateBody,
  type CertificateVerdict,
  type EvolutionStatus,
  evolutionOf,
  hexOf,
  type IssuedCertificate,
  type KesParameters,
  type OperationalCertificate,
  poolIdHexOf,
  poolIdOf,
} from '@evolock/cardano-headers';
import {
  type CertificateLife,
  certificateLife,
  type CertificateCounter,
  type CertificateCounterFile,
  parseCertificate,
  parseCounter,
} from '@evolock/cardano-headers/certificates';
import { describeLife, describeSignature } from '@evolock/cardano-headers/words';
import { readCertificate, readCounter, nativeHeaders } from '@evolock/cardano-kes';
import type { Check, Fact, JsonMembers } from '@evolock/command-line/answer';
import type { Readers } from '../files/read.js';
import type { Moment } from '../network/clock.js';

const { certificateVerdict } = nativeHeaders;

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
    ...(key === undefined ? [] : [['pool', poolIdOf(key)] as const]),
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
    poolId: poolIdOf(coldVerificationKey),
    poolIdHex: poolIdHexOf(coldVerificationKey),
  };
}

export function judgeSignature({ certificate, coldVerificationKey }: IssuedCertificate): Check {
  return signatureCheck(certificateVerdict(certificate, coldVerificationKey));
}

export function signatureCheck(verdict: CertificateVerdict): Check {
  return { valid: verdict.valid, words: describeSignature(verdict).words };
}

export const COUNTER: Readers<CertificateCounterFile> = { read: readCounter, parse: parseCounter };

export function counterFacts({ next, coldVerificationKey }: CertificateCounter): Fact[] {
  return [
    ['next number', String(next)],
    ['pool', poolIdOf(coldVerificationKey)],
  ];
}

export function counterJson({ next, coldVerificationKey }: CertificateCounter): JsonMembers {
  return { next: String(next), ...poolJson(coldVerificationKey) };
}

/** The life of a certificate at a moment. */
export interface LifeAt extends CertificateLife {
  readonly moment: Moment;
}

export function lifeAt(
  parameters: KesParameters,
  { certificate: { startPeriod } }: Certificate<CertificateBody>,
  moment: Moment,
): LifeAt {
  return { ...certificateLife(parameters, startPeriod, moment.slot), moment };
}

export function hasEnded(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): boolean {
  return evolutionOf(parameters, startPeriod, period).state === 'expired';
}

export function judgeTime(life: LifeAt): Check {
  const { tone, words } = describeLife(life);
  return { valid: tone === 'good', words };
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
