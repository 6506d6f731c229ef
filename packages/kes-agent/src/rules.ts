/**
 * The rules by which an agent and a client accept a signing key with its certificate: pure functions of the key, the
 * clock, and what is held.
 */
import { checkBytes, sameBytes, wrongValue } from '@evolock/direct-serialise/arguments';
import {
  evolutionOf,
  hasDates,
  type AbsolutePeriod,
  type KesParameters,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';

const { certificateVerdict } = nativeHeaders;

/**
 * Why a key of an agent is refused. `wrong-signature`, `not-yet`, `expired`: its certificate. `not-yet` and `ahead`: its
 * certificate, or the key, begins at a later period than the clock shows. `outdated`: it is not newer than the last key or drop.
 */
export type KeyRefusal = 'wrong-signature' | 'not-yet' | 'expired' | 'ahead' | 'outdated';

/** The pool and the network of a key. */
export interface PoolConfiguration {
  /** The cold verification key of the pool, 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** The network, with dates. */
  readonly parameters: KesParameters;
}

/** Checks the pool and the network that a caller states. The key is a copy: the caller may change its own. */
export function checkPool({
  coldVerificationKey,
  parameters,
}: PoolConfiguration): PoolConfiguration {
  if (!hasDates(parameters))
    throw wrongValue('parameters', 'a network whose slots have dates', 'one without dates');
  const key = checkBytes('coldVerificationKey', coldVerificationKey, 32);
  return { parameters, coldVerificationKey: new Uint8Array(key) };
}

/** By what a key is judged. Before the start of the network there is no period. */
interface JudgingInputs extends PoolConfiguration {
  readonly period: AbsolutePeriod | undefined;
  readonly last: LastAccepted;
}

/** The last key or drop that was accepted. */
export interface LastAccepted {
  /** Microseconds since 1970; 0 before the first key or drop, or when the peer stated none. */
  readonly timestamp: bigint;
  /** The certificate of the last key, which is kept after a drop. */
  readonly certificate: OperationalCertificate | undefined;
  /** Whether that key is still held. */
  readonly holdsKey: boolean;
  readonly isDrop: boolean;
}

/** What precedes the first key. */
export const NOTHING_YET: LastAccepted = {
  timestamp: 0n,
  certificate: undefined,
  holdsKey: false,
  isDrop: false,
};

/** A key that is offered. */
export interface Offer {
  readonly certificate: OperationalCertificate;
  /** The period of the signing key. */
  readonly evolution: number;
  /** Microseconds since 1970; `undefined` in the versions of the protocol without timestamps. */
  readonly timestamp: bigint | undefined;
}

/**
 * Why a key is refused; `undefined` for one that is accepted. The cold key has to have signed its certificate, the current
 * period has to lie in its life, the key must not be at a later evolution, and it has to be newer than what is held.
 */
export function judge(offer: Offer, inputs: JudgingInputs): KeyRefusal | undefined {
  const { certificate } = offer;
  const { coldVerificationKey, parameters, period, last } = inputs;
  if (!certificateVerdict(certificate, coldVerificationKey).valid) return 'wrong-signature';
  if (period === undefined) return 'not-yet';
  const status = evolutionOf(parameters, certificate.startPeriod, period);
  if (status.state !== 'valid') return status.state;
  // It would sign nothing until then. The clock here, or that of the peer, is wrong.
  if (offer.evolution > status.evolution) return 'ahead';
  return isNewer(offer, last) ? undefined : 'outdated';
}

/**
 * Whether a key replaces what is held. It needs a newer timestamp, and a counter that is not lower than that of the held
 * key. A key without a timestamp is newer when it is the first, or another one than the last with a counter that is not
 * lower; after a drop it needs a higher counter, because a peer that did not learn of the drop offers the dropped key.
 */
function isNewer({ certificate, timestamp }: Offer, before: LastAccepted): boolean {
  const last = before.certificate;
  const isLower = last !== undefined && certificate.sequenceNumber < last.sequenceNumber;
  if (timestamp !== undefined) {
    return timestamp > before.timestamp && !(before.holdsKey && isLower);
  }
  if (last === undefined) return before.timestamp === 0n;
  if (!before.holdsKey) return certificate.sequenceNumber > last.sequenceNumber;
  return !isLower && !isSame(certificate, last);
}

/** Whether two certificates are the same. The signature covers all other fields. */
export function isSame(one: OperationalCertificate, other: OperationalCertificate): boolean {
  return (
    sameBytes(one.hotVerificationKey, other.hotVerificationKey) &&
    sameBytes(one.signature, other.signature)
  );
}

/** Whether a drop, in microseconds since 1970, is accepted. It wins against a key of the same timestamp. */
export function dropWins(timestamp: bigint, last: LastAccepted): boolean {
  return last.holdsKey ? timestamp >= last.timestamp : timestamp > last.timestamp;
}

/** What is last after a key was accepted. A key without a timestamp counts as just newer than what was held. */
export function afterKey({ certificate, timestamp }: Offer, before: LastAccepted): LastAccepted {
  return {
    certificate,
    timestamp: timestamp ?? before.timestamp + 1n,
    holdsKey: true,
    isDrop: false,
  };
}

/** What is last after a drop. */
export function afterDrop(timestamp: bigint, { certificate }: LastAccepted): LastAccepted {
  return { certificate, timestamp, holdsKey: false, isDrop: true };
}
