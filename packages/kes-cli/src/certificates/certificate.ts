/** Operational certificates and their counters: read, checked, as JSON, and for a person. */
import {
  type CertificateBody,
  type CertificateCounter,
  type CertificateCounterFile,
  hexOf,
  type IssuedCertificate,
  type OperationalCertificate,
  parseCertificate,
  parseCounter,
  poolIdOf,
  readCertificate,
  readCounter,
  verifyCertificate,
} from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Check, Fact, JsonMembers } from '@evolock/command-line/answer';
import { sourceName } from '@evolock/command-line/text';
import type { Readers } from '../files/read.js';

export const CERTIFICATE: Readers<IssuedCertificate> = {
  read: readCertificate,
  parse: parseCertificate,
};

/** A certificate with its cold key, if that is known: a file states it, an agent does not. */
export interface Certificate {
  readonly certificate: OperationalCertificate;
  readonly coldVerificationKey?: Uint8Array | undefined;
}

/** What a certificate states, before it is signed or after it. */
interface CertificateContent {
  readonly certificate: CertificateBody & Partial<OperationalCertificate>;
  readonly coldVerificationKey?: Uint8Array | undefined;
}

export function certificateFacts(file: CertificateContent): Fact[] {
  const { certificate, coldVerificationKey } = file;
  const pool: Fact[] =
    coldVerificationKey === undefined ? [] : [['pool', poolIdOf(coldVerificationKey).bech32]];
  return [
    ...pool,
    ['KES key', hexOf(certificate.hotVerificationKey)],
    ['starts at', `KES period ${certificate.startPeriod}`],
    ['sequence number', String(certificate.sequenceNumber)],
  ];
}

export function certificateJson(file: CertificateContent): JsonMembers {
  const { certificate, coldVerificationKey } = file;
  const pool: JsonMembers =
    coldVerificationKey === undefined
      ? {}
      : {
          coldVerificationKey: hexOf(coldVerificationKey),
          poolId: { ...poolIdOf(coldVerificationKey) },
        };
  return {
    kesVerificationKey: hexOf(certificate.hotVerificationKey),
    sequenceNumber: String(certificate.sequenceNumber),
    startPeriod: String(certificate.startPeriod),
    signature: certificate.signature && hexOf(certificate.signature),
    ...pool,
  };
}

const REFUSALS = {
  'wrong-signature': 'its signature is not by the cold key that it names',
  'pre-launch-form':
    'it is signed in the pre-launch form, which networks reject: issue the certificate again',
} as const;

export function refusalInWords(reason: keyof typeof REFUSALS): string {
  return REFUSALS[reason];
}

export function judgeSignature({ certificate, coldVerificationKey }: IssuedCertificate): Check {
  const verdict = verifyCertificate(certificate, coldVerificationKey);
  return verdict.valid
    ? { valid: true, words: 'signed by its cold key' }
    : { valid: false, words: REFUSALS[verdict.reason] };
}

/** Checks whether a certificate names a key that the user gives, as a file or as text. */
export function judgeKeyOf(
  name: string,
  given: string,
  expected: Uint8Array,
  named: Uint8Array,
): Check {
  const valid = sameBytes(expected, named);
  return { valid, words: `its ${name} is ${valid ? '' : 'not '}that of ${sourceName(given)}` };
}

export const COUNTER: Readers<CertificateCounterFile> = { read: readCounter, parse: parseCounter };

export function counterFacts({ next, coldVerificationKey }: CertificateCounter): Fact[] {
  return [
    ['next number', String(next)],
    ['pool', poolIdOf(coldVerificationKey).bech32],
  ];
}

export function counterJson({ next, coldVerificationKey }: CertificateCounter): JsonMembers {
  return {
    next: String(next),
    coldVerificationKey: hexOf(coldVerificationKey),
    poolId: { ...poolIdOf(coldVerificationKey) },
  };
}
