/**
 * The key that a service client holds: what it accepts, how the key stays at the current period, and when it is wiped.
 */
import {
  evolutionOf,
  type AbsolutePeriod,
  type KesParameters,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { PeriodClock, SECOND_LOOK } from '../period-clock.js';
import {
  dropWins,
  isNewer,
  judgeCertificate,
  NOTHING_YET,
  standingAfter,
  standingAfterDrop,
  type CertificateRefusal,
  type Standing,
} from '../rules.js';
import type { ReceivedKey, Sum6SigningKey } from './service-session.js';

/** By what a client judges keys. */
export interface KeeperOptions {
  /** The cold verification key of the pool, 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** The network. Its slots need dates. */
  readonly parameters: KesParameters;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  /** A clock that is never set: milliseconds. */
  readonly monotonic: () => number;
}

/**
 * Why a client refuses a key of an agent. `not-yet` and `ahead`: its certificate, or the key, begins at a later period than
 * the clock shows. `outdated`: it is not newer than the last key or drop.
 */
export type KeyRefusal = CertificateRefusal | 'ahead' | 'outdated';

/** Why a held key was wiped: the agent dropped it, or its last period is over. */
export type KeyLoss = 'dropped' | 'expired';

/** What became of a key. */
export type KeyOutcome =
  | { readonly result: 'ok'; readonly held: HeldKey }
  | {
      readonly result: 'outdated' | 'invalid-certificate';
      readonly refusal: KeyRefusal;
      /** Whether the same key can be accepted later: the clocks may differ. */
      readonly tooEarly: boolean;
    };

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

/** Holds at most one key. */
export class KeyKeeper {
  readonly #options: KeeperOptions;
  readonly #clock: PeriodClock;
  readonly #lost: (reason: KeyLoss) => void;
  #standing: Standing = NOTHING_YET;
  #held: Held | undefined;

  /**
   * Holds no key at first.
   *
   * @param options - By what keys are judged.
   * @param lost - Called when a held key was wiped and no other replaces it.
   */
  constructor(options: KeeperOptions, lost: (reason: KeyLoss) => void) {
    this.#options = options;
    this.#clock = new PeriodClock({ ...options, secondLook: SECOND_LOOK });
    this.#lost = lost;
  }

  /** Judges a key, and owns it from now on. A key that is not accepted is wiped. */
  receive(received: ReceivedKey): KeyOutcome {
    const { signingKey } = received;
    let outcome: KeyOutcome | undefined;
    try {
      outcome = this.#judge(received);
      return outcome;
    } finally {
      if (outcome?.result !== 'ok') signingKey.release();
    }
  }

  /**
   * Judges a drop, which wipes the held key.
   *
   * @param timestamp - Microseconds since 1970.
   */
  receiveDrop(timestamp: bigint): 'ok' | 'outdated' {
    if (!dropWins(timestamp, this.#currentStanding())) return 'outdated';
    this.#standing = standingAfterDrop(timestamp, this.#standing);
    if (this.#held !== undefined) this.#lose('dropped');
    return 'ok';
  }

  /**
   * The held key, evolved; `undefined` when there is none, it has expired, it is ahead of a clock that was set back, or a step
   * of the clock is not believed yet.
   */
  current(): HeldKey | undefined {
    const held = this.#held;
    return held !== undefined && this.#evolve(held) ? held : undefined;
  }

  /** Wipes the held key. */
  wipe(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  #judge(received: ReceivedKey): KeyOutcome {
    const { signingKey, certificate } = received;
    const period = this.#period();
    if (period === undefined) return invalid('not-yet');
    const judgement = judgeCertificate(certificate, { ...this.#options, period });
    if (judgement.refusal !== undefined) return invalid(judgement.refusal);
    if (signingKey.period > judgement.evolution) return invalid('ahead');
    const standing = this.#currentStanding();
    if (!isNewer(received, standing))
      return { result: 'outdated', refusal: 'outdated', tooEarly: false };
    signingKey.updateTo(judgement.evolution);
    this.wipe();
    const held: Held = new Held(received, () => this.#evolve(held));
    this.#held = held;
    this.#standing = standingAfter(received, standing);
    return { result: 'ok', held };
  }

  /** An application that released every key begins again: the agent may send the same key. */
  #currentStanding(): Standing {
    if (this.#held?.released === true) {
      this.#held = undefined;
      this.#standing = NOTHING_YET;
    }
    return this.#standing;
  }

  /**
   * Evolves a key to the period that is believed, or wipes it after its last. A clock that was set back changes nothing.
   *
   * @returns Whether the key is at the period of the clock.
   */
  #evolve(held: Held): boolean {
    const period = held.released ? undefined : this.#period();
    if (period === undefined) return false;
    const status = evolutionOf(this.#options.parameters, held.certificate.startPeriod, period);
    if (status.state === 'valid') return held.evolveTo(status.evolution) && !this.#clock.isDoubted;
    if (status.state === 'expired') this.#lose('expired');
    return false;
  }

  #period(): AbsolutePeriod | undefined {
    return this.#clock.period(this.#options.parameters, this.#held?.released === false);
  }

  #lose(reason: KeyLoss): void {
    this.wipe();
    this.#standing = { ...this.#standing, holdsKey: false };
    this.#lost(reason);
  }
}

function invalid(refusal: KeyRefusal): KeyOutcome {
  const tooEarly = refusal === 'not-yet' || refusal === 'ahead';
  return { result: 'invalid-certificate', refusal, tooEarly };
}

class Held implements HeldKey {
  readonly #signingKey: Sum6SigningKey;
  readonly #evolve: () => unknown;
  readonly certificate: OperationalCertificate;
  readonly timestamp: bigint | undefined;
  #period: AbsolutePeriod;

  constructor({ signingKey, certificate, timestamp }: ReceivedKey, evolve: () => unknown) {
    this.#signingKey = signingKey;
    this.certificate = certificate;
    this.timestamp = timestamp;
    this.#evolve = evolve;
    this.#period = this.#periodOfKey();
  }

  get signingKey(): Sum6SigningKey {
    this.#evolve();
    return this.#signingKey;
  }

  get period(): AbsolutePeriod {
    this.#evolve();
    return this.#period;
  }

  get released(): boolean {
    return this.#signingKey.released;
  }

  /** Evolves the key, unless it is later. Returns whether it is at the evolution. */
  evolveTo(evolution: number): boolean {
    if (evolution > this.#signingKey.period) {
      this.#signingKey.updateTo(evolution);
      this.#period = this.#periodOfKey();
    }
    return evolution === this.#signingKey.period;
  }

  release(): void {
    this.#signingKey.release();
  }

  #periodOfKey(): AbsolutePeriod {
    // A sum of two absolute numbers of periods: the life of the certificate was checked.
    return (this.certificate.startPeriod + BigInt(this.#signingKey.period)) as AbsolutePeriod;
  }
}
