import {
  absolutePeriod,
  issueCertificate,
  kesParameters,
  slot,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { ed25519, pooledAllocator, sum6Kes } from '@evolock/kes-sum';
import { keyAt, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator } from '@evolock/test-support';
import { encodeKeyHead, encodeKeyTail, type ServiceVersion } from '../../src/wire/service.js';
import { joined } from '../../src/wire/bytes.js';

/** Periods of 100 seconds since 1970. */
export const parameters = kesParameters({
  name: 'test',
  slotsPerKesPeriod: 100,
  maxKesEvolutions: 62,
  anchor: { slot: slot(0), unixMilliseconds: 0, slotMilliseconds: 1_000 },
});

/** A moment in the middle of a period, in milliseconds since 1970. */
export function within(period: number): number {
  return (period * 100 + 50) * 1_000;
}

const coldKeys = [1, 2].map((byte) => {
  return keyOf(ed25519, new Uint8Array(32).fill(byte));
});

/** The pool of the tests, and another one. */
export const [pool, otherPool] = coldKeys.map((key) => ({
  key,
  coldVerificationKey: new Uint8Array(key.deriveVerificationKey()),
})) as [Pool, Pool];

/** A clock that a test sets. */
export class TestClock {
  time: number;

  constructor(period: number) {
    this.time = within(period);
  }

  readonly now = (): number => this.time;

  setPeriod(period: number): void {
    this.time = within(period);
  }
}

export interface Pool {
  readonly key: (typeof coldKeys)[number];
  readonly coldVerificationKey: Uint8Array;
}

/** A certificate of a KES verification key. */
export function certify(
  hotVerificationKey: Uint8Array,
  { issuer = pool, counter = 0, start = 0 }: Omit<KeyRequest, 'seed' | 'evolution'> = {},
): OperationalCertificate {
  return issueCertificate(issuer.key, {
    hotVerificationKey,
    sequenceNumber: BigInt(counter),
    startPeriod: absolutePeriod(start),
  });
}

/** A key as an agent has it, serialised. */
export interface AgentKey {
  readonly bytes: Uint8Array;
  readonly evolution: number;
  readonly verificationKey: Uint8Array;
  readonly certificate: OperationalCertificate;
}

export interface KeyRequest {
  /** Decides the key. */
  readonly seed?: number;
  readonly counter?: number;
  readonly start?: number;
  readonly evolution?: number;
  readonly issuer?: Pool;
}

/** A key with a certificate of the pool. */
export function agentKey(request: KeyRequest = {}): AgentKey {
  const { seed = 7, counter = 0, start = 10, evolution = 0, issuer = pool } = request;
  using signingKey = keyAt(sum6Kes, new Uint8Array(32).fill(seed), evolution);
  const verificationKey = new Uint8Array(signingKey.deriveVerificationKey());
  return {
    bytes: serialised(signingKey),
    evolution,
    verificationKey,
    certificate: certify(verificationKey, { issuer, counter, start }),
  };
}

/** The message with which an agent pushes a key. */
export function pushOf(key: AgentKey, version: ServiceVersion, timestamp = 0n): Uint8Array {
  return joined(
    encodeKeyHead(version, timestamp),
    key.bytes,
    encodeKeyTail(key.evolution, key.certificate),
  );
}

/** An allocator that records. */
export function recorder(): RecordingAllocator {
  return new RecordingAllocator(pooledAllocator);
}
