/** The surroundings of a scanned agent or client: files and sockets in one folder, the network, its peer and its operator. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  absolutePeriod,
  kesParameters,
  slot,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { issueCertificate } from '@evolock/cardano-kes';
import { ed25519, type Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { ControlClient, SignClient, type Result } from '@evolock/kes-agent';
import { MLockedSeed } from '@evolock/mlocked-seed';
import type { KnownKey } from '../secrets/expectation.js';
import { holds, MESSAGE } from '../operations/operation.js';
import { Peer, tailOf, TIMEOUT } from './service.js';

const PERIOD_SECONDS = 100;
const NETWORK_START = Date.parse('2026-01-01T00:00:00Z');

/** The periods of a key on {@link network}. */
export const EVOLUTIONS = 62;

/** A network with short periods. */
export const network = kesParameters({
  name: 'proof',
  slotsPerKesPeriod: PERIOD_SECONDS,
  maxKesEvolutions: EVOLUTIONS,
  anchor: { slot: slot(0), unixMilliseconds: NETWORK_START, slotMilliseconds: 1_000 },
});

/** The files of a folder. */
export const sceneFiles = (folder: string) => ({
  /** The service socket of the peer. */
  peer: join(folder, 'peer'),
  /** The sockets of the agent, in a folder that only its user may enter. */
  service: join(folder, 'agent', 'service'),
  control: join(folder, 'agent', 'control'),
  sign: join(folder, 'agent', 'sign'),
  coldVerificationKey: join(folder, 'cold.vkey'),
  /** The time of the scanned process, in milliseconds since 1970. */
  clock: join(folder, 'clock'),
  /** While it exists, no client of the service socket can take a push: the kernel has no room for it. */
  blocked: join(folder, 'blocked'),
});

/** A random cold key of a pool. */
export function newColdKey(): Ed25519SigningKey {
  using seed = MLockedSeed.newRandom(32);
  return ed25519.generateKey(seed);
}

/** The surroundings of one agent: its peer, its clients, its operator and its clock. */
export class Scene implements Disposable {
  readonly files: ReturnType<typeof sceneFiles>;
  /** The operator. */
  readonly control: ControlClient;
  readonly #peer: Peer;
  readonly #coldKey = newColdKey();
  #counter = 0n;
  #period = 0;
  #timestamp = 0n;

  /** Prepares a folder, before the agent is started there. */
  constructor(folder: string) {
    this.files = sceneFiles(folder);
    this.control = new ControlClient(this.files.control, { timeout: TIMEOUT / 1000 });
    this.#peer = new Peer(this.files.peer);
    writeFileSync(this.files.coldVerificationKey, this.#coldKey.deriveVerificationKey());
    this.pass(0);
  }

  /** Certifies a key from now on, with the next counter. */
  certify(hotVerificationKey: Uint8Array, coldKey = this.#coldKey): OperationalCertificate {
    this.#counter += 1n;
    return issueCertificate(coldKey, {
      hotVerificationKey,
      sequenceNumber: this.#counter,
      startPeriod: absolutePeriod(this.#period),
    });
  }

  /** The peer sends a key, which has to be accepted. Its certificate is returned. */
  async push(key: KnownKey): Promise<OperationalCertificate> {
    const certificate = this.certify(key.verificationKey);
    await this.offer(key, certificate, 'ok');
    return certificate;
  }

  /** The peer sends a key, for which there has to be this answer. */
  async offer({ bytes }: KnownKey, certificate: OperationalCertificate, answer: Result) {
    const given = await this.#peer.send('key', this.#later(), bytes, tailOf(certificate));
    holds(given === answer, `the agent answers with ${answer}, not ${given}`);
  }

  /** The peer sends a drop. */
  async pushDrop(): Promise<void> {
    holds((await this.#peer.send('drop', this.#later())) === 'ok', 'a drop is accepted');
  }

  /** Moves the clock. */
  pass(periods: number): void {
    this.#period += periods;
    writeFileSync(this.files.clock, String(this.#now));
  }

  /** Moves the clock. The key evolves when the agent looks at it, in the answer to `info`. */
  async wait(periods: number): Promise<void> {
    this.pass(periods);
    await this.settle();
  }

  /** Waits until the agent has done what came before. An answer takes several turns of its event loop. */
  async settle(): Promise<void> {
    await this.control.info();
  }

  /** A signature through the sign socket. */
  async sign(): Promise<void> {
    const client = await SignClient.connect(this.files.sign, { timeout: TIMEOUT / 1000 });
    await client.sign(MESSAGE);
    await client.close();
  }

  [Symbol.dispose](): void {
    this.#coldKey.release();
    this.#peer.close();
  }

  /** The middle of the period, in milliseconds since 1970. */
  get #now(): number {
    return NETWORK_START + (this.#period + 0.5) * PERIOD_SECONDS * 1_000;
  }

  /** Later than each key and drop so far: the agent takes the timestamp of a drop from its clock. */
  #later(): bigint {
    const now = BigInt(this.#now) * 1_000n;
    this.#timestamp = (this.#timestamp > now ? this.#timestamp : now) + 1_000n;
    return this.#timestamp;
  }
}
