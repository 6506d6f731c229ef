/**
 * The rules by which an agent and a client accept a signing key with its certificate: pure functions of the key, the
 * clock, and what is held.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import {
  evolutionOf,
  NoDateError,
  periodOfSlot,
  slotOfDate,
  verifyCertificate,
  type AbsolutePeriod,
  type Evolution,
  type KesParameters,
  type OperationalCertificate,
} from '@evolock/cardano-kes';

/**
 * The absolute KES period at a moment.
 *
 * @param parameters - The network, with dates.
 * @param now - Milliseconds since 1970.
 * @returns `undefined` before the start of the network.
 */
export function periodAt(parameters: KesParameters, now: number): AbsolutePeriod | undefined {
  try {
    return periodOfSlot(parameters, slotOfDate(parameters, new Date(now)));
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}

/** Why a certificate is refused. */
export type CertificateRefusal = 'wrong-signature' | 'not-yet' | 'expired';

/** What a certificate is judged by. */
export interface Court {
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  readonly parameters: KesParameters;
  /** The current period; `undefined` before the start of the network. */
  readonly period: AbsolutePeriod | undefined;
}

/** The evolution that a key has now, or why its certificate is refused. */
export type CertificateJudgement =
  | { readonly evolution: Evolution; readonly refusal?: undefined }
  | { readonly refusal: CertificateRefusal };

/** Whether the cold key signed a certificate, and whether the current period lies in its life. */
export function judgeCertificate(
  certificate: OperationalCertificate,
  { coldVerificationKey, parameters, period }: Court,
): CertificateJudgement {
  if (!verifyCertificate(certificate, coldVerificationKey).valid) {
    return { refusal: 'wrong-signature' };
  }
  if (period === undefined) return { refusal: 'not-yet' };
  const status = evolutionOf(parameters, certificate.startPeriod, period);
  return status.state === 'valid' ? { evolution: status.evolution } : { refusal: status.state };
}

/** The last key or drop that was accepted. */
export interface Standing {
  /** Microseconds since 1970; 0 before the first key or drop, or when the peer stated none. */
  readonly timestamp: bigint;
  /** The certificate of the last key, which is kept after a drop. */
  readonly certificate: OperationalCertificate | undefined;
  /** Whether that key is still held. */
  readonly holdsKey: boolean;
}

/** The standing before the first key. */
export const NOTHING_YET: Standing = { timestamp: 0n, certificate: undefined, holdsKey: false };

/** A key that is offered. */
export interface Offer {
  readonly certificate: OperationalCertificate;
  /** Microseconds since 1970; `undefined` in the versions of the protocol without timestamps. */
  readonly timestamp: bigint | undefined;
}

/**
 * Whether a key replaces what is held. It needs a newer timestamp, and a counter that is not lower than that of the held
 * key. A key without a timestamp is newer when it is the first, or another one than the last with a counter that is not
 * lower; after a drop it needs a higher counter, because a peer that did not learn of the drop offers the dropped key.
 */
export function isNewer({ certificate, timestamp }: Offer, standing: Standing): boolean {
  const last = standing.certificate;
  const isLower = last !== undefined && certificate.sequenceNumber < last.sequenceNumber;
  if (timestamp !== undefined) {
    return timestamp > standing.timestamp && !(standing.holdsKey && isLower);
  }
  if (last === undefined) return standing.timestamp === 0n;
  if (!standing.holdsKey) return certificate.sequenceNumber > last.sequenceNumber;
  return !isLower && !isSame(certificate, last);
}

/** Whether two certificates are the same. The signature covers all other fields. */
function isSame(one: OperationalCertificate, other: OperationalCertificate): boolean {
  return (
    sameBytes(one.hotVerificationKey, other.hotVerificationKey) &&
    sameBytes(one.signature, other.signature)
  );
}

/**
 * Whether a drop is accepted. It wins against a key of the same timestamp.
 *
 * @param timestamp - Microseconds since 1970.
 */
export function dropWins(timestamp: bigint, standing: Standing): boolean {
  return standing.holdsKey ? timestamp >= standing.timestamp : timestamp > standing.timestamp;
}

/** The standing after a key was accepted. A key without a timestamp counts as just newer than what was held. */
export function standingAfter({ certificate, timestamp }: Offer, before: Standing): Standing {
  return { certificate, timestamp: timestamp ?? before.timestamp + 1n, holdsKey: true };
}

/** The standing after a drop. */
export function standingAfterDrop(timestamp: bigint, { certificate }: Standing): Standing {
  return { certificate, timestamp, holdsKey: false };
}
