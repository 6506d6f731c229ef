/** Pools for tests: their cold keys, certificates and keys, the network, its clock, and a recording of locked memory. */
import {
  absolutePeriod,
  kesParameters,
  slot,
  type KesParameters,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { issueCertificate } from '@evolock/cardano-kes';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import { pooledAllocator } from '@evolock/mlocked-bytes';
import { keyAt, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator, seedOf } from '@evolock/test-support';
import type { Sum6SigningKey } from '../../src/held-key.js';
import { joined } from '../../src/wire/codec.js';
import { keyTail, messageHeads, type ServiceVersion } from '../../src/wire/service.js';

export const PERIOD_SECONDS = 100;

/** The beginning of the test network, in milliseconds since 1970. */
export const NETWORK_START = Date.parse('2026-01-01T00:00:00Z');

/** A network without a Byron era: periods of {@link PERIOD_SECONDS}, 62 evolutions. */
export const network: KesParameters = kesParameters({
  name: 'test',
  slotsPerKesPeriod: PERIOD_SECONDS,
  maxKesEvolutions: 62,
  anchor: { slot: slot(0), unixMilliseconds: NETWORK_START, slotMilliseconds: 1_000 },
});

/** A moment within a period, in milliseconds since 1970. */
export function momentIn(period: number): number {
  return NETWORK_START + (period + 0.5) * PERIOD_SECONDS * 1_000;
}

/** The end of a period, in milliseconds since 1970. */
export function endOf(period: number): number {
  return NETWORK_START + (period + 1) * PERIOD_SECONDS * 1_000;
}

export const SECOND_LOOK = 1_000;

export class TestClock {
  time: number;

  constructor(period: number) {
    this.time = momentIn(period);
  }

  readonly now = (): number => this.time;

  /** A clock that is never set: time passes only with {@link setPeriod}, unless a test sets it. */
  monotonicTime: (() => number) | undefined;

  readonly monotonic = (): number => (this.monotonicTime ?? this.now)();

  /** The clocks, as options of an agent or a client. */
  get options() {
    return { now: () => new Date(this.time), monotonic: this.monotonic };
  }

  get clocks() {
    return { now: this.now, monotonic: this.monotonic, secondLook: SECOND_LOOK };
  }

  setPeriod(period: number): void {
    this.time = momentIn(period);
  }
}

/** A pool, by a number from which its cold key is made. */
export class TestPool {
  readonly coldVerificationKey: Uint8Array;
  readonly #number: number;

  constructor(number = 1) {
    this.#number = number;
    using coldKey = keyOf(ed25519, seedOf(number));
    this.coldVerificationKey = coldKey.deriveVerificationKey();
  }

  certify(
    hotVerificationKey: Uint8Array,
    { counter = 0, start = 0 }: { readonly counter?: number; readonly start?: number } = {},
  ): OperationalCertificate {
    using coldKey = keyOf(ed25519, seedOf(this.#number));
    return issueCertificate(coldKey, {
      hotVerificationKey,
      sequenceNumber: BigInt(counter),
      startPeriod: absolutePeriod(start),
    });
  }
}

/** A KES signing key of a seed that is made of one number. The caller releases it. */
export const kesKeyOf = (number: number, evolution = 0): Sum6SigningKey =>
  keyAt(sum6Kes, seedOf(number), evolution);

export const pool = new TestPool(1);

export const otherPool = new TestPool(2);

export const configuration = {
  coldVerificationKey: pool.coldVerificationKey,
  parameters: network,
} as const;

/** A key as an agent has it, serialised. */
export interface AgentKey {
  readonly bytes: Uint8Array;
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
}

interface KeyRequest {
  readonly seed?: number;
  readonly counter?: number;
  readonly start?: number;
  readonly evolution?: number;
  readonly issuer?: TestPool;
}

export function agentKey(request: KeyRequest = {}): AgentKey {
  const { seed = 7, counter = 0, start = 10, evolution = 0, issuer = pool } = request;
  using signingKey = kesKeyOf(seed, evolution);
  const certificate = issuer.certify(signingKey.deriveVerificationKey(), { counter, start });
  return { bytes: serialised(signingKey), evolution, certificate };
}

/** The message with which an agent pushes a key. */
export function pushOf(key: AgentKey, version: ServiceVersion, timestamp = 0n): Uint8Array {
  return joined(
    messageHeads[version].encode({ kind: 'key', timestamp }),
    key.bytes,
    keyTail.encode(key),
  );
}

export function recorder(): RecordingAllocator {
  return new RecordingAllocator(pooledAllocator);
}
