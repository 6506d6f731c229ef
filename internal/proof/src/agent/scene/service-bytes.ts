/**
 * The service protocol in bytes, written without the package of the agent: see docs/KES_AGENT.md.
 */
import type { OperationalCertificate } from '@evolock/cardano-kes';

/** Sizes in bytes. */
export const IDENTIFIER = 32;
export const SIGNING_KEY = 608;
export const RESULT = 4;
/** After the signing key: the evolution and the certificate. */
export const TAIL = 4 + 112;

/** The result of an accepted message. */
export const OK = 0;

/** The result of a key that is refused. */
export const INVALID_CERTIFICATE = 2;

/** Numbers, big endian. */
export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

/** The name of a version. */
export function identifier(version: string): Buffer {
  return Buffer.alloc(IDENTIFIER).fill(version, 0, version.length, 'latin1');
}

/** What follows the signing key in a push. */
export function tailOf(evolution: number, certificate: OperationalCertificate): Buffer {
  return Buffer.concat([
    u32(evolution),
    certificate.hotVerificationKey,
    u64(certificate.sequenceNumber),
    u64(certificate.startPeriod),
    certificate.signature,
  ]);
}

/** What precedes the signing key in `Service:2.0`. */
export function headOf(timestamp: bigint): Buffer {
  return Buffer.concat([Buffer.of(0), u64(timestamp)]);
}

/** A drop in `Service:2.0`. */
export function dropOf(timestamp: bigint): Buffer {
  return Buffer.concat([Buffer.of(1), u64(timestamp)]);
}
