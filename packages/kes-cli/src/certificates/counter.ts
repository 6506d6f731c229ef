/** Counters of certificates: read, checked against a certificate, as JSON, and for a person. */
import {
  hexOf,
  parseCounter,
  poolIdOf,
  readCounter,
  type CertificateCounter,
  type CertificateCounterFile,
} from '@evolock/cardano-kes';
import type { Json } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import type { Readers } from '../files/read.js';
import type { Certificate, Judgement } from './certificate.js';

/** How a counter is read. */
export const COUNTER: Readers<CertificateCounterFile> = { read: readCounter, parse: parseCounter };

/** The content of a counter, for a person. */
export function counterFacts({
  next,
  coldVerificationKey,
}: CertificateCounter): (readonly [string, string])[] {
  return [
    ['next number', String(next)],
    ['pool', poolIdOf(coldVerificationKey).bech32],
  ];
}

/** The content of a counter for `--json`. */
export function counterJson({
  next,
  coldVerificationKey,
}: CertificateCounter): Readonly<Record<string, Json>> {
  return {
    next: String(next),
    coldVerificationKey: hexOf(coldVerificationKey),
    poolId: { ...poolIdOf(coldVerificationKey) },
  };
}

/** Whether a counter belongs to a certificate, and will not give its number again. */
export function judgeCounter(
  path: string,
  counter: CertificateCounter,
  { certificate: { sequenceNumber }, coldVerificationKey }: Certificate,
): Judgement {
  const name = sourceName(path);
  const isSame =
    coldVerificationKey === undefined ||
    hexOf(coldVerificationKey) === hexOf(counter.coldVerificationKey);
  if (!isSame) return { valid: false, words: `${name} is the counter of another cold key` };
  const { next } = counter;
  if (next <= sequenceNumber) {
    return {
      valid: false,
      words: `${name} would give ${next}, and this certificate has ${sequenceNumber}: it is an old copy; set it with kes counter set --next ${sequenceNumber + 1n}`,
    };
  }
  const later = next - sequenceNumber - 1n;
  return {
    valid: true,
    words:
      later === 0n
        ? `${name} gives ${next} next, the number after this certificate`
        : `${name} gives ${next} next: ${later === 1n ? 'a later number was' : `${later} later numbers were`} given`,
  };
}
