/** Operational certificates: read, checked, as JSON, and for a person. */
import {
  parseCertificate,
  poolIdOf,
  readCertificate,
  verifyCertificate,
  type IssuedCertificate,
} from '@evolock/cardano-kes';
import type { Json } from '../cli/session.js';
import { hexOf } from '../cli/text.js';
import type { Readers } from '../files/read.js';

/** How a certificate is read. */
export const CERTIFICATE: Readers<IssuedCertificate> = {
  read: readCertificate,
  parse: parseCertificate,
};

/** The content of a certificate, for a person. */
export function certificateFacts(file: IssuedCertificate): (readonly [string, string])[] {
  const { certificate, coldVerificationKey } = file;
  return [
    ['pool', poolIdOf(coldVerificationKey).bech32],
    ['KES key', hexOf(certificate.hotVerificationKey)],
    ['starts at', `KES period ${certificate.startPeriod}`],
    ['sequence number', String(certificate.sequenceNumber)],
  ];
}

/** The content of a certificate for `--json`. */
export function certificateJson(file: IssuedCertificate): Readonly<Record<string, Json>> {
  const { certificate, coldVerificationKey } = file;
  return {
    kesVerificationKey: hexOf(certificate.hotVerificationKey),
    sequenceNumber: String(certificate.sequenceNumber),
    startPeriod: String(certificate.startPeriod),
    signature: hexOf(certificate.signature),
    coldVerificationKey: hexOf(coldVerificationKey),
    poolId: { ...poolIdOf(coldVerificationKey) },
  };
}

/** The result of one check. */
export interface Judgement {
  readonly valid: boolean;
  /** One sentence. */
  readonly words: string;
}

const REFUSALS = {
  'wrong-signature': 'its signature is not by the cold key that it names',
  'pre-launch-form':
    'it is signed in the pre-launch form, which networks reject: issue the certificate again',
} as const;

/** Why a certificate is not valid, in one sentence. */
export function refusalInWords(reason: keyof typeof REFUSALS): string {
  return REFUSALS[reason];
}

/** Checks whether the cold key of a certificate signed it. */
export function judgeSignature({ certificate, coldVerificationKey }: IssuedCertificate): Judgement {
  const verdict = verifyCertificate(certificate, coldVerificationKey);
  return verdict.valid
    ? { valid: true, words: 'signed by its cold key' }
    : { valid: false, words: REFUSALS[verdict.reason] };
}
