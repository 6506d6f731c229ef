/** Counters of certificates: read, as JSON, and for a person. */
import {
  hexOf,
  parseCounter,
  poolIdOf,
  readCounter,
  type CertificateCounter,
  type CertificateCounterFile,
} from '@evolock/cardano-kes';
import type { Fact, JsonMembers } from '../cli/answer.js';
import type { Readers } from '../files/read.js';

/** How a counter is read. */
export const COUNTER: Readers<CertificateCounterFile> = { read: readCounter, parse: parseCounter };

/** The content of a counter, for a person. */
export function counterFacts({ next, coldVerificationKey }: CertificateCounter): Fact[] {
  return [
    ['next number', String(next)],
    ['pool', poolIdOf(coldVerificationKey).bech32],
  ];
}

/** The content of a counter for `--json`. */
export function counterJson({ next, coldVerificationKey }: CertificateCounter): JsonMembers {
  return {
    next: String(next),
    coldVerificationKey: hexOf(coldVerificationKey),
    poolId: { ...poolIdOf(coldVerificationKey) },
  };
}
