/**
 * The keys of an agent: the staged one, and the one that it holds. Each command is one synchronous call. The period is read from
 * the clock at each use: the key evolves before it is used.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { EventEmitter } from 'node:events';
import { hexOf, isBlockHeaderBody, type OperationalCertificate } from '@evolock/cardano-headers';
import { StreamError } from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import type { Clocks } from '../clock.js';
import type { Result } from '../errors.js';
import { KeyHolder, type KeyChange, type OfferedKey, type Sum6SigningKey } from '../held-key.js';
import type { KeyRefusal, PoolConfiguration } from '../rules.js';
import { NO_PERIOD, type SignAnswer, type SignRequest } from '../wire/sign.js';
import { reasonOf, type Note } from './events.js';

/** What does not change in the life of a store. */
interface StoreOptions extends Clocks {
  readonly note: Note;
  readonly signBlockHeaders: boolean;
}

const REFUSALS: Readonly<Record<KeyRefusal, string>> = {
  'wrong-signature': 'the configured cold key did not sign it',
  'not-yet': 'its start period is in the future',
  expired: 'its last period is over',
  ahead: 'its key is at a later period than the clock shows',
  outdated: 'a newer key or drop is known',
};

const TOO_EARLY = 'the clock is before the start of the network';

/** The staged key and the held key, and what the log states about them. */
export class KeyStore {
  readonly key: KeyHolder;
  /** Emits `change` when the key that is served is another one, or none. An evolution is no change. */
  readonly changes = new EventEmitter().setMaxListeners(0);
  readonly #note: Note;
  readonly #signsBlockHeaders: boolean;
  #staged: Sum6SigningKey | undefined;
  #revision = 0;
  #isClosed = false;

  constructor(configuration: PoolConfiguration, options: StoreOptions) {
    this.#note = options.note;
    this.#signsBlockHeaders = options.signBlockHeaders;
    this.key = new KeyHolder(configuration, options, (change) => this.#noteChange(change));
  }

  /** Increases with each change. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * Generates a key and stages it, in place of the one that is staged. Returns its verification key. Throws after the store was
   * closed: nothing would wipe the key.
   */
  stage(): Uint8Array {
    if (this.#isClosed) throw new StreamError('the agent is closed');
    using seed = MLockedSeed.newRandom(sum6Kes.seedSize);
    const signingKey = sum6Kes.generateKey(seed);
    if (this.#staged !== undefined) {
      const replaced = hexOf(this.#staged.deriveVerificationKey());
      this.#note('warn', 'staged-key-replaced', `the staged key is replaced: ${replaced}`, {
        verificationKey: replaced,
      });
    }
    this.#staged?.release();
    this.#staged = signingKey;
    const verificationKey = signingKey.deriveVerificationKey();
    this.#note('notice', 'key-staged', `a key is staged: ${hexOf(verificationKey)}`, {
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
    this.#note('notice', 'staged-key-dropped', 'the staged key is dropped');
  }

  /** Installs the staged key with its certificate. When it is refused, the staged key stays. */
  install(certificate: OperationalCertificate): Result {
    this.key.advance();
    const staged = this.#staged;
    if (staged === undefined) return this.#refused('no-key', 'no key is staged', certificate);
    if (!sameBytes(certificate.hotVerificationKey, staged.deriveVerificationKey())) {
      const words = 'the certificate is for another key than the staged one';
      return this.#refused('invalid-certificate', words, certificate);
    }
    const evolution = staged.period;
    const offered = { signingKey: staged, evolution, certificate, timestamp: this.#newTimestamp() };
    const { refusal } = this.key.offer(offered);
    if (refusal === undefined) this.#staged = undefined;
    return this.#judged(offered, refusal);
  }

  /** A key of a peer. Takes over its signing key, whatever the result. */
  receive(offered: OfferedKey): Result {
    if (this.#isClosed) {
      offered.signingKey.release();
      return 'unknown';
    }
    const isOwn = this.key.isLast(offered);
    const { refusal } = this.key.receive(offered);
    // A peer has it from here, or from where it came from: that is no refusal of a certificate.
    return refusal === 'outdated' && isOwn ? refusal : this.#judged(offered, refusal);
  }

  /** Drops the current key. */
  drop(): Result {
    return this.key.held() === undefined ? 'no-key' : this.receiveDrop(this.#newTimestamp());
  }

  /** A drop of a peer, in microseconds since 1970. */
  receiveDrop(timestamp: bigint): Result {
    const result = this.key.drop(timestamp);
    if (result === 'ok') this.#changed();
    return result;
  }

  /** Signs a message at the current period, or says why not. */
  sign({ message, period: asked }: SignRequest): SignAnswer {
    const held = this.key.held();
    const period = this.key.period();
    if (period === undefined) return { result: 'clock', period: NO_PERIOD };
    if (this.key.isClockDoubted) return { result: 'clock', period };
    if (held === undefined) return { result: 'no-key', period };
    const { certificate, evolution } = held;
    // The clock was set back, or is before the start of the certificate.
    if (certificate.startPeriod + BigInt(evolution) !== period) return { result: 'clock', period };
    if (asked !== undefined && asked !== period) return { result: 'wrong-period', period };
    if (!this.#signsBlockHeaders && isBlockHeaderBody(message)) {
      return { result: 'block-header', period };
    }
    const signature = held.signingKey.sign(message);
    const messageHash = hexOf(blake2b256(message));
    this.#note('info', 'signed', `signed the message ${messageHash}`, {
      messageHash,
      size: message.byteLength,
      period: String(period),
      evolution,
    });
    const { coldVerificationKey } = this.key.configuration;
    return { result: 'signed', signature, period, evolution, certificate, coldVerificationKey };
  }

  /** Wipes everything. Running pushes are aborted. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#staged?.release();
    this.#staged = undefined;
    await this.key.close();
  }

  /** Microseconds since 1970, newer than the last key or drop even when the clock was set back. */
  #newTimestamp(): bigint {
    const now = BigInt(Math.trunc(this.key.time)) * 1_000n;
    const { timestamp: last } = this.key.last;
    return now > last ? now : last + 1n;
  }

  #judged({ signingKey, certificate }: OfferedKey, refusal: KeyRefusal | undefined): Result {
    if (refusal !== undefined) {
      const isClock = refusal === 'not-yet' && this.key.period() === undefined;
      const result = refusal === 'outdated' ? 'outdated' : 'invalid-certificate';
      return this.#refused(result, isClock ? TOO_EARLY : REFUSALS[refusal], certificate);
    }
    const facts = {
      verificationKey: hexOf(certificate.hotVerificationKey),
      counter: String(certificate.sequenceNumber),
      startPeriod: String(certificate.startPeriod),
      period: String(certificate.startPeriod + BigInt(signingKey.period)),
      evolution: signingKey.period,
    };
    const words = `a key is installed: ${facts.verificationKey}, counter ${facts.counter}, KES period ${facts.period}, evolution ${String(facts.evolution)}`;
    this.#note('notice', 'key-installed', words, facts);
    this.#changed();
    return 'ok';
  }

  #refused(result: Result, words: string, { sequenceNumber }: OperationalCertificate): Result {
    const level = result === 'outdated' ? 'info' : 'error';
    this.#note(level, 'key-refused', `a certificate is refused: ${words}`, {
      result,
      counter: String(sequenceNumber),
    });
    return result;
  }

  #changed(): void {
    this.#revision += 1;
    this.changes.emit('change');
  }

  #noteChange(it: KeyChange): void {
    switch (it.change) {
      case 'doubted': {
        const period = String(it.shown);
        const words = `the clock shows the KES period ${period} instead of ${String(it.expected)}: the key is kept until a second look`;
        return this.#note('warn', 'clock-doubted', words, { period });
      }
      case 'evolved': {
        const { evolution, remainingPeriods } = it;
        const period = String(it.period);
        const words = `the key is at KES period ${period}, evolution ${String(evolution)}`;
        return this.#note('info', 'key-evolved', words, { period, evolution, remainingPeriods });
      }
      case 'expired': {
        const words = 'the last period of the key is over: the key is wiped';
        const counter = String(it.certificate?.sequenceNumber);
        return this.#note('error', 'key-expired', words, { counter });
      }
      case 'failed':
        return this.#note('error', 'clock', `the key cannot be evolved: ${reasonOf(it.error)}`);
      case 'looked':
        return;
      case 'dropped':
        return this.#note('notice', 'key-dropped', 'the key is dropped');
    }
  }
}
