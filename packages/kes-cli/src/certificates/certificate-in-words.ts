import { poolIdOf, type IssuedCertificate } from '@evolock/cardano-kes';
import { hexOf } from '../hex.js';
import type { Json } from '../outcome.js';

/** What a certificate says, for a person. */
export function certificateFacts(file: IssuedCertificate): (readonly [string, string])[] {
  const { certificate, coldVerificationKey } = file;
  return [
    ['pool', poolIdOf(coldVerificationKey).bech32],
    ['KES key', hexOf(certificate.hotVerificationKey)],
    ['starts at', `KES period ${certificate.startPeriod}`],
    ['sequence number', String(certificate.sequenceNumber)],
  ];
}

/** The same for `--json`. */
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
