/**
 * The key that an agent or a client holds: what it accepts, how the key stays at the period of the clock, the copies from which
 * it is pushed, and when it is wiped.
 */
import {
  evolutionOf,
  type AbsolutePeriod,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import type { sum6Kes } from '@evolock/kes-sum';
import { lookAtEachPeriod, PeriodClock, type Clocks } from './clock.js';
import {
  afterDrop,
  afterKey,
  dropWins,
  isSame,
  judge,
  NOTHING_YET,
  type KeyRefusal,
  type LastAccepted,
  type Offer,
  type PoolConfiguration,
} from './rules.js';
import { Snapshots, type Lease } from './snapshot.js';

/** A signing key of Sum6 in locked memory. */
export type Sum6SigningKey = ReturnType<typeof sum6Kes.directDeserialise>;

/** A key that is offered. It is consistent with its certificate; the certificate is not verified. */
export interface OfferedKey extends Offer {
  /** At the period `evolution`. */
  readonly signingKey: Sum6SigningKey;
}

/** Why a held key was wiped: the agent dropped it, or its last period is over. */
export type KeyLoss = 'dropped' | 'expired';

/** What happens to a held key. */
export type KeyChange =
  | {
      /** The clock shows a period that is not believed before a second look. */
      readonly change: 'doubted';
      readonly shown: AbsolutePeriod;
      readonly expected: AbsolutePeriod | undefined;
    }
  | {
      readonly change: 'evolved';
      readonly period: AbsolutePeriod;
      readonly evolution: number;
      readonly remainingPeriods: number;
    }
  | {
      /** A look at the clock failed. The next one tries again. */
      readonly change: 'failed';
      readonly error: unknown;
    }
  /** A period began, or ten seconds passed: a clock that was doubted may be believed now. */
  | { readonly change: 'looked' }
  | { readonly change: KeyLoss; readonly certificate: OperationalCertificate | undefined };

/**
 * A key that a client holds. The client owns it: it evolves the key to the current period, and wipes it when a newer one or
 * a drop arrives, when the key expires, and when the client closes. Do not keep the signing key: read `signingKey` for each
 * use.
 */
export interface HeldKey {
  /**
   * The signing key at the current period: reading this evolves it. After the key was wiped, each use of it throws
   * `ERR_EVOLOCK_RELEASED`.
   */
  readonly signingKey: Sum6SigningKey;
  readonly certificate: OperationalCertificate;
  /** Microseconds since 1970; `undefined` in a version without timestamps. */
  readonly timestamp: bigint | undefined;
  /** The absolute KES period of the signing key, after it was evolved. */
  readonly period: AbsolutePeriod;
  /** Whether the key was wiped. */
  readonly released: boolean;
}

/** What became of a key that was offered. */
type KeyOutcome =
  | { readonly held: HeldKey; readonly refusal?: undefined }
  | { readonly held?: undefined; readonly refusal: KeyRefusal };

/** Holds at most one key, and evolves it when a period begins. */
export class KeyHolder {
  readonly #clock: PeriodClock;
  readonly #tell: (change: KeyChange) => void;
  readonly #snapshots = new Snapshots();
  readonly #stopLooking: () => void;
  #configuration: PoolConfiguration;
  #held: Held | undefined;
  #last = NOTHING_YET;

  constructor(configuration: PoolConfiguration, clocks: Clocks, tell: (change: KeyChange) => void) {
    this.#configuration = configuration;
    this.#tell = tell;
    this.#clock = new PeriodClock(clocks, (expected, shown) =>
      tell({ change: 'doubted', expected, shown }),
    );
    const parameters = () => this.#configuration.parameters;
    this.#stopLooking = lookAtEachPeriod(parameters, clocks.now, () => this.#look());
  }

  /** By what keys are judged. */
  get configuration(): PoolConfiguration {
    return this.#configuration;
  }

  /** Replaces the configuration, with a cold key that signed the certificate of the held key. */
  configure(configuration: PoolConfiguration): void {
    this.#configuration = configuration;
    this.advance();
  }

  /** The last key or drop that was accepted. */
  get last(): LastAccepted {
    return this.#last;
  }

  /** Whether a key is the last one that was accepted, with the same timestamp. */
  isLast({ certificate, timestamp }: Offer): boolean {
    const { certificate: last, timestamp: known } = this.#last;
    return last !== undefined && isSame(certificate, last) && (timestamp ?? known) === known;
  }

  /** Microseconds since 1970 of the last drop; `undefined` when there was none, or a key was accepted since. */
  get droppedAt(): bigint | undefined {
    return this.#last.isDrop ? this.#last.timestamp : undefined;
  }

  /** Milliseconds since 1970, as they are believed. */
  get time(): number {
    return this.#clock.time;
  }

  /** Whether the last look at the clock is not believed. */
  get isClockDoubted(): boolean {
    return this.#clock.isDoubted;
  }

  /** The current period of the network; `undefined` when the clock is before its start. */
  period(): AbsolutePeriod | undefined {
    return this.#clock.period(this.#configuration.parameters, this.#alive() !== undefined);
  }

  /**
   * Evolves the held key to the period that is believed, which is returned, or wipes it after its last. A clock that was set back
   * changes nothing.
   */
  advance(): AbsolutePeriod | undefined {
    const period = this.period();
    const held = this.#held;
    if (held === undefined || period === undefined) return period;
    const { parameters } = this.#configuration;
    const status = evolutionOf(parameters, held.certificate.startPeriod, period);
    if (status.state === 'expired') {
      this.#release();
      this.#last = { ...this.#last, holdsKey: false };
      this.#tell({ change: 'expired', certificate: held.certificate });
    }
    if (status.state === 'valid' && held.evolveTo(status.evolution)) {
      this.#snapshots.retire();
      this.#tell({
        change: 'evolved',
        period,
        evolution: status.evolution,
        remainingPeriods: status.remainingPeriods,
      });
    }
    return period;
  }

  /**
   * The held key, evolved by this look at the clock and by no later one. It is ahead of a clock that was set back. Its timestamp is
   * counted on for a key without one.
   */
  held(): (OfferedKey & { readonly timestamp: bigint }) | undefined {
    this.advance();
    const held = this.#held;
    if (held === undefined) return undefined;
    const { key: signingKey, certificate } = held;
    return {
      signingKey,
      evolution: signingKey.period,
      certificate,
      timestamp: this.#last.timestamp,
    };
  }

  /**
   * The held key at the period of the clock; `undefined` when there is none, it has expired, it is ahead of a clock that was set
   * back, or a step of the clock is not believed yet.
   */
  current(): HeldKey | undefined {
    const period = this.advance();
    const held = this.#held;
    return held?.keyPeriod === period && !this.#clock.isDoubted ? held : undefined;
  }

  /** Judges a key, and owns it from now on. A key that is not accepted is wiped. */
  receive(offered: OfferedKey): KeyOutcome {
    let outcome: KeyOutcome | undefined;
    try {
      outcome = this.offer(offered);
      return outcome;
    } finally {
      if (outcome?.held === undefined) offered.signingKey.release();
    }
  }

  /** Judges a key, and owns it when it is accepted. */
  offer(offered: OfferedKey): KeyOutcome {
    const period = this.advance();
    const refusal = judge(offered, { ...this.#configuration, period, last: this.#last });
    if (refusal !== undefined) return { refusal };
    const held = new Held(offered, () => this.advance());
    this.#release();
    this.#held = held;
    this.#last = afterKey(offered, this.#last);
    this.advance();
    return { held };
  }

  /** Judges a drop, in microseconds since 1970, which wipes the held key. */
  drop(timestamp: bigint): 'ok' | 'outdated' {
    const held = this.#alive();
    if (!dropWins(timestamp, this.#last)) return 'outdated';
    this.#release();
    this.#last = afterDrop(timestamp, this.#last);
    this.#tell({ change: 'dropped', certificate: held?.certificate });
    return 'ok';
  }

  /**
   * The right to send the held key; `undefined` when there is none. Waits until no snapshot of an earlier evolution or key is
   * left. `abort` closes the connection of the push.
   */
  async lease(abort: () => void): Promise<Lease | undefined> {
    this.advance();
    for (let awaited; awaited !== this.#snapshots.retired;) {
      awaited = this.#snapshots.retired;
      await awaited;
      this.advance();
    }
    const held = this.held();
    return held && this.#snapshots.lease(held, abort);
  }

  /** Wipes the held key, and aborts running pushes. */
  async close(): Promise<void> {
    this.#stopLooking();
    this.#snapshots.abort();
    this.#release();
    this.#last = { ...this.#last, holdsKey: false };
    await this.#snapshots.retired;
  }

  #look(): void {
    try {
      this.advance();
      this.#tell({ change: 'looked' });
    } catch (error) {
      this.#tell({ change: 'failed', error });
    }
  }

  /** The held key. An application that released every key begins again: a peer may send the same key. */
  #alive(): Held | undefined {
    if (this.#held?.released === true) {
      this.#held = undefined;
      this.#last = NOTHING_YET;
    }
    return this.#held;
  }

  #release(): void {
    this.#held?.key.release();
    this.#held = undefined;
    this.#snapshots.retire();
  }
}

class Held implements HeldKey {
  /** The signing key as it is. */
  readonly key: Sum6SigningKey;
  readonly certificate: OperationalCertificate;
  readonly timestamp: bigint | undefined;
  readonly #advance: () => unknown;
  /** Stays known when the key is wiped. */
  #keyPeriod: AbsolutePeriod;

  constructor({ signingKey, certificate, timestamp }: OfferedKey, advance: () => unknown) {
    this.key = signingKey;
    this.certificate = certificate;
    this.timestamp = timestamp;
    this.#advance = advance;
    this.#keyPeriod = this.#periodOfKey();
  }

  get signingKey(): Sum6SigningKey {
    this.#advance();
    return this.key;
  }

  get period(): AbsolutePeriod {
    this.#advance();
    return this.#keyPeriod;
  }

  get keyPeriod(): AbsolutePeriod {
    return this.#keyPeriod;
  }

  get released(): boolean {
    return this.key.released;
  }

  /** Evolves the key. Returns `false` for a key that is there already, or later. */
  evolveTo(evolution: number): boolean {
    if (evolution <= this.key.period) return false;
    this.key.updateTo(evolution);
    this.#keyPeriod = this.#periodOfKey();
    return true;
  }

  #periodOfKey(): AbsolutePeriod {
    // A sum of two absolute numbers of periods: the life of the certificate was checked.
    return (this.certificate.startPeriod + BigInt(this.key.period)) as AbsolutePeriod;
  }
}
