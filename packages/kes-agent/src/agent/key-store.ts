/**
 * The keys of an agent, and the rules of its commands. The period is read from the clock at each use: the key evolves before
 * it is used.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { EventEmitter } from 'node:events';
import {
  evolutionOf,
  hexOf,
  isBlockHeaderBody,
  type AbsolutePeriod,
  type KesParameters,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { StreamError } from '@evolock/direct-serialise-io';
import { blake2b256, MLockedSeed, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { PeriodClock, type Clocks } from '../period-clock.js';
import {
  dropWins,
  isNewer,
  judgeCertificate,
  NOTHING_YET,
  standingAfter,
  standingAfterDrop,
  type CertificateRefusal,
  type Offer,
  type Standing,
} from '../rules.js';
import type { Result } from '../wire/service.js';
import type { SignAnswer, SignRequest } from '../wire/sign.js';
import { event, type Log } from './events.js';
import { Snapshot, type Lease } from './snapshot.js';

/** Milliseconds that a push has to end when its key has evolved. */
const PATIENCE = 5_000;

/** What the store needs to know; a reload replaces it. */
export interface StoreConfiguration {
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** The network, with dates. */
  readonly parameters: KesParameters;
}

/** What does not change in the life of a store. */
export interface StoreOptions extends Clocks {
  readonly log: Log;
  readonly signBlockHeaders: boolean;
}

/** A key of a peer, whose content is consistent. The store owns the signing key, whatever the result. */
export interface OfferedKey extends Offer {
  readonly signingKey: KesSigningKey;
}

/** The key that is served. */
interface CurrentKey {
  readonly signingKey: KesSigningKey;
  readonly certificate: OperationalCertificate;
}

/** The public facts of the current key. */
export interface CurrentFacts {
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** Microseconds since 1970. */
  readonly timestamp: bigint;
}

const REFUSALS: Readonly<Record<CertificateRefusal, string>> = {
  'wrong-signature': 'the configured cold key did not sign it',
  'not-yet': 'its start period is in the future',
  expired: 'its last period is over',
};

const NO_PERIOD = 'the clock is before the start of the network';

/** The staged key, the current key with its certificate, and the snapshot of it that is being sent. */
export class KeyStore {
  readonly #options: StoreOptions;
  readonly #clock: PeriodClock;
  #configuration: StoreConfiguration;
  #staged: KesSigningKey | undefined;
  #current: CurrentKey | undefined;
  #standing: Standing = NOTHING_YET;
  #droppedAt: bigint | undefined;
  #snapshot: Snapshot | undefined;
  /** Resolves when no snapshot of an earlier key or evolution is left. */
  #retired: Promise<void> = Promise.resolve();
  #revision = 0;
  #isClosed = false;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(configuration: StoreConfiguration, options: StoreOptions) {
    this.#configuration = configuration;
    this.#options = options;
    this.#clock = new PeriodClock(options, (expected, shown) => {
      const words = `the clock shows the KES period ${String(shown)} instead of ${String(expected)}: the key is kept until a second look`;
      this.#log('warn', 'clock-doubted', words, { period: String(shown) });
    });
  }

  /** Emits `change` when the key that is served is another one, or none. An evolution is no change. */
  get changes(): EventEmitter {
    return this.#changes;
  }

  /** Increases with each change. */
  get revision(): number {
    return this.#revision;
  }

  /** What the last reload, or the start, stated. */
  get configuration(): StoreConfiguration {
    return this.#configuration;
  }

  /** The current period of the network; `undefined` when the clock is before its start. */
  period(): AbsolutePeriod | undefined {
    return this.#clock.period(this.#configuration.parameters, this.#current !== undefined);
  }

  /** Milliseconds since 1970, as they are believed. */
  get time(): number {
    return this.#clock.time;
  }

  /** Replaces the configuration, with a cold key that signed the certificate of the installed key. */
  configure(configuration: StoreConfiguration): void {
    this.#configuration = configuration;
    this.advance();
  }

  /** Evolves the current key to the period of the clock; drops it when its last period is over. */
  advance(): void {
    const current = this.#current;
    const period = this.period();
    if (current === undefined || period === undefined) return;
    const { signingKey, certificate } = current;
    const { parameters } = this.#configuration;
    const status = evolutionOf(parameters, certificate.startPeriod, period);
    if (status.state === 'expired') {
      this.#forget();
      this.#log('error', 'key-expired', 'the last period of the key is over: the key is wiped', {
        counter: String(certificate.sequenceNumber),
      });
      return;
    }
    if (status.state !== 'valid' || status.evolution <= signingKey.period) return;
    signingKey.updateTo(status.evolution);
    this.#retireSnapshot();
    this.#log('info', 'key-evolved', `the key is at evolution ${String(status.evolution)}`, {
      evolution: status.evolution,
      remainingPeriods: status.remainingPeriods,
    });
  }

  /**
   * Generates a key and stages it, in place of the one that is staged. Returns its verification key.
   *
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` after the store was closed: nothing would wipe the key.
   */
  stage(): Uint8Array {
    if (this.#isClosed) throw new StreamError('the agent is closed');
    const seed = MLockedSeed.newRandom(sum6Kes.seedSize);
    let signingKey: KesSigningKey;
    try {
      signingKey = sum6Kes.generateKey(seed);
    } finally {
      seed.release();
    }
    if (this.#staged !== undefined) {
      const replaced = hexOf(this.#staged.deriveVerificationKey());
      this.#log('warn', 'staged-key-replaced', `the staged key is replaced: ${replaced}`, {
        verificationKey: replaced,
      });
    }
    this.#staged?.release();
    this.#staged = signingKey;
    const verificationKey = signingKey.deriveVerificationKey();
    this.#log('notice', 'key-staged', `a key is staged: ${hexOf(verificationKey)}`, {
      verificationKey: hexOf(verificationKey),
    });
    return verificationKey;
  }

  /** The verification key of the staged key. */
  stagedVerificationKey(): Uint8Array | undefined {
    return this.#staged?.deriveVerificationKey();
  }

  /** Wipes the staged key, if there is one. */
  dropStaged(): void {
    if (this.#staged === undefined) return;
    this.#staged.release();
    this.#staged = undefined;
    this.#log('notice', 'staged-key-dropped', 'the staged key is dropped');
  }

  /** Installs the staged key with its certificate. When it is refused, the staged key stays. */
  install(certificate: OperationalCertificate): Result {
    this.advance();
    const staged = this.#staged;
    if (staged === undefined) return this.#refused('no-key', 'no key is staged', certificate);
    if (!sameBytes(certificate.hotVerificationKey, staged.deriveVerificationKey())) {
      const words = 'the certificate is for another key than the staged one';
      return this.#refused('invalid-certificate', words, certificate);
    }
    const timestamp = this.#newTimestamp();
    const result = this.#judge({ certificate, timestamp }, staged.period);
    if (result !== 'ok') return result;
    this.#staged = undefined;
    this.#hold({ signingKey: staged, certificate, timestamp });
    return 'ok';
  }

  /** Drops the current key. */
  drop(): Result {
    this.advance();
    if (this.#current === undefined) return 'no-key';
    this.#acceptDrop(this.#newTimestamp());
    return 'ok';
  }

  /** A key of a peer. Takes over its signing key. */
  receive(offered: OfferedKey): Result {
    let isHeld = false;
    try {
      this.advance();
      const result = this.#isClosed ? 'unknown' : this.#judge(offered, offered.signingKey.period);
      if (result === 'ok') {
        this.#hold(offered);
        isHeld = true;
      }
      return result;
    } finally {
      if (!isHeld) offered.signingKey.release();
    }
  }

  /**
   * A drop of a peer.
   *
   * @param timestamp - Microseconds since 1970.
   */
  receiveDrop(timestamp: bigint): Result {
    if (!dropWins(timestamp, this.#standing)) return 'outdated';
    this.#acceptDrop(timestamp);
    return 'ok';
  }

  /** The current key, evolved to the period of the clock. */
  current(): CurrentFacts | undefined {
    this.advance();
    if (this.#current === undefined) return undefined;
    const { signingKey, certificate } = this.#current;
    return { evolution: signingKey.period, certificate, timestamp: this.#standing.timestamp };
  }

  /**
   * Microseconds since 1970 of the last drop; `undefined` when there was none, or a key was accepted since.
   */
  get droppedAt(): bigint | undefined {
    return this.#droppedAt;
  }

  /** Signs a message at the current period, or says why not. */
  sign({ message, period: asked }: SignRequest): SignAnswer {
    this.advance();
    const current = this.#current;
    const period = this.period();
    if (period === undefined) return { result: 'clock', period: 0n };
    if (this.#clock.isDoubted) return { result: 'clock', period };
    if (current === undefined) return { result: 'no-key', period };
    const { certificate, signingKey } = current;
    // The clock was set back, or is before the start of the certificate.
    if (certificate.startPeriod + BigInt(signingKey.period) !== period) {
      return { result: 'clock', period };
    }
    if (asked !== undefined && asked !== period) return { result: 'wrong-period', period };
    if (!this.#options.signBlockHeaders && isBlockHeaderBody(message)) {
      return { result: 'block-header', period };
    }
    const signature = signingKey.sign(message);
    const messageHash = hexOf(blake2b256(message));
    this.#log('info', 'signed', `signed the message ${messageHash}`, {
      messageHash,
      size: message.byteLength,
      period: String(period),
      evolution: signingKey.period,
    });
    return {
      result: 'signed',
      signature,
      period,
      evolution: signingKey.period,
      certificate,
      coldVerificationKey: this.#configuration.coldVerificationKey,
    };
  }

  /**
   * The right to send the current key. Waits until no snapshot of an earlier evolution or key is left.
   *
   * @param abort - Closes the connection of the push.
   * @returns `undefined` when there is no key.
   */
  async lease(abort: () => void): Promise<Lease | undefined> {
    this.advance();
    for (let awaited; awaited !== this.#retired;) {
      awaited = this.#retired;
      await awaited;
      this.advance();
    }
    const current = this.#current;
    if (current === undefined) return undefined;
    if (this.#snapshot === undefined || this.#snapshot.wiped) {
      this.#snapshot = new Snapshot({ ...current, timestamp: this.#standing.timestamp });
    }
    return this.#snapshot.lease(abort);
  }

  /** Wipes everything. Running pushes are aborted. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#staged?.release();
    this.#staged = undefined;
    this.#snapshot?.abort();
    this.#forget();
    await this.#retired;
  }

  /** Microseconds since 1970, newer than the last key or drop even when the clock was set back. */
  #newTimestamp(): bigint {
    const now = BigInt(Math.trunc(this.time)) * 1_000n;
    const { timestamp: last } = this.#standing;
    return now > last ? now : last + 1n;
  }

  /** Judges a key that is at an evolution. */
  #judge(offer: Offer, evolution: number): Result {
    const { certificate } = offer;
    const period = this.period();
    const judgement = judgeCertificate(certificate, { ...this.#configuration, period });
    if (judgement.refusal !== undefined) {
      const isClock = judgement.refusal === 'not-yet' && period === undefined;
      const words = isClock ? NO_PERIOD : REFUSALS[judgement.refusal];
      return this.#refused('invalid-certificate', words, certificate);
    }
    // It would sign nothing until then. The clock here, or that of the peer, is wrong.
    if (evolution > judgement.evolution) {
      const words = 'its key is at a later period than the clock shows';
      return this.#refused('invalid-certificate', words, certificate);
    }
    if (isNewer(offer, this.#standing)) return 'ok';
    return this.#refused('outdated', 'a newer key or drop is known', certificate);
  }

  #refused(result: Result, words: string, { sequenceNumber }: OperationalCertificate): Result {
    const level = result === 'outdated' ? 'info' : 'error';
    this.#log(level, 'key-refused', `a certificate is refused: ${words}`, {
      result,
      counter: String(sequenceNumber),
    });
    return result;
  }

  #hold({ signingKey, certificate, timestamp }: OfferedKey): void {
    this.#current?.signingKey.release();
    this.#retireSnapshot();
    this.#current = { signingKey, certificate };
    this.#droppedAt = undefined;
    this.#standing = standingAfter({ certificate, timestamp }, this.#standing);
    this.advance();
    const facts = {
      verificationKey: hexOf(certificate.hotVerificationKey),
      counter: String(certificate.sequenceNumber),
      startPeriod: String(certificate.startPeriod),
      evolution: signingKey.period,
    };
    const words = `a key is installed: ${facts.verificationKey}, counter ${facts.counter}, evolution ${String(facts.evolution)}`;
    this.#log('notice', 'key-installed', words, facts);
    this.#changed();
  }

  #acceptDrop(timestamp: bigint): void {
    this.#forget();
    this.#standing = standingAfterDrop(timestamp, this.#standing);
    this.#droppedAt = timestamp;
    this.#log('notice', 'key-dropped', 'the key is dropped');
    this.#changed();
  }

  /** Wipes the current key. */
  #forget(): void {
    this.#current?.signingKey.release();
    this.#current = undefined;
    this.#standing = { ...this.#standing, holdsKey: false };
    this.#retireSnapshot();
  }

  #retireSnapshot(): void {
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    if (snapshot === undefined || snapshot.wiped) return;
    // Of no value, so that nothing of the snapshots before stays in memory.
    this.#retired = Promise.all([this.#retired, snapshot.retired(PATIENCE)]).then(() => undefined);
  }

  #changed(): void {
    this.#revision += 1;
    this.#changes.emit('change');
  }

  #log(...[level, name, words, facts]: Parameters<typeof event>): void {
    this.#options.log(event(level, name, words, facts));
  }
}
