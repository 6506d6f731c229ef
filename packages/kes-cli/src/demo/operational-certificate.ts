import { ed25519 } from '@evolock/kes-sum';

const HOT_KEY_SIZE = 32;

/** How a pool's cold key vouches for a KES key, from a period on. */
export interface OperationalCertificate {
  /** The KES verification key, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  /** An unsigned 64-bit number. */
  readonly sequenceNumber: bigint;
  /** The absolute KES period at which the hot key is at its evolution 0; an unsigned 64-bit number. */
  readonly startPeriod: bigint;
  /** 64 bytes, by the cold key. */
  readonly signature: Uint8Array;
}

/** Whether the cold key signed the certificate: hot key ‖ sequence number ‖ start period, both as u64 big endian. */
export function verifyCertificate(
  certificate: OperationalCertificate,
  issuerVerificationKey: Uint8Array,
): boolean {
  return ed25519.verify(issuerVerificationKey, signedBytes(certificate), certificate.signature);
}

/** What the cold key signs: 48 bytes. */
export function signedBytes({
  hotVerificationKey,
  sequenceNumber,
  startPeriod,
}: Omit<OperationalCertificate, 'signature'>): Uint8Array {
  const bytes = new Uint8Array(HOT_KEY_SIZE + 16);
  bytes.set(hotVerificationKey);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(HOT_KEY_SIZE, sequenceNumber);
  view.setBigUint64(HOT_KEY_SIZE + 8, startPeriod);
  return bytes;
}
