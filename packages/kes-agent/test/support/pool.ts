/** A pool for tests: its cold key, its certificates, its network and its clock. */
import {
  absolutePeriod,
  issueCertificate,
  kesParameters,
  slot,
  type KesParameters,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { Ed25519SigningKey, MLockedSeed, type KesSigningKey, sum6Kes } from '@evolock/kes-sum';

/** Seconds of a period of the test network. */
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

/** Milliseconds until a second look at a clock. */
export const SECOND_LOOK = 1_000;

/** A clock that a test sets. */
export class TestClock {
  time: number;

  constructor(period: number) {
    this.time = momentIn(period);
  }

  readonly now = (): number => this.time;

  /** A clock that is never set: time passes only with {@link setPeriod}, unless a test sets it. */
  monotonicTime: (() => number) | undefined;

  readonly monotonic = (): number => (this.monotonicTime ?? this.now)();

  /** The clocks of an agent. */
  get clocks() {
    return { now: this.now, monotonic: this.monotonic, secondLook: SECOND_LOOK };
  }

  setPeriod(period: number): void {
    this.time = momentIn(period);
  }
}

/** A seed that is made of one number. The caller releases it. */
function seedOf(number: number): MLockedSeed<32> {
  const seed = MLockedSeed.newZeroed(32);
  seed.withBytes((bytes) => void bytes.fill(number));
  return seed;
}

/** A cold signing key of a seed that is made of one number. The caller releases it. */
function coldKeyOf(number: number): Ed25519SigningKey {
  const seed = seedOf(number);
  try {
    return Ed25519SigningKey.generate(seed);
  } finally {
    seed.release();
  }
}

/** A pool, by a number from which its cold key is made. */
export class TestPool {
  readonly coldVerificationKey: Uint8Array;
  readonly #number: number;

  constructor(number = 1) {
    this.#number = number;
    const coldKey = coldKeyOf(number);
    this.coldVerificationKey = coldKey.deriveVerificationKey();
    coldKey.release();
  }

  /** A certificate of a KES verification key. */
  certify(
    hotVerificationKey: Uint8Array,
    { counter = 0, start = 0 }: { readonly counter?: number; readonly start?: number } = {},
  ): OperationalCertificate {
    const coldKey = coldKeyOf(this.#number);
    try {
      return issueCertificate(coldKey, {
        hotVerificationKey,
        sequenceNumber: BigInt(counter),
        startPeriod: absolutePeriod(start),
      });
    } finally {
      coldKey.release();
    }
  }
}

/** A KES signing key of a seed that is made of one number. The caller releases it. */
export function kesKeyOf(number: number, evolution = 0): KesSigningKey {
  const seed = seedOf(number);
  try {
    const signingKey: KesSigningKey = sum6Kes.generateKey(seed);
    signingKey.updateTo(evolution);
    return signingKey;
  } finally {
    seed.release();
  }
}
