import { writeFileSync } from 'node:fs';
import {
  absolutePeriod,
  issueCertificate,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import { ed25519, type Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { ControlClient, SignClient } from '@evolock/kes-agent';
import { sum6Kes } from '@evolock/kes-sum';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { MESSAGE } from '../operations/operation.js';
import { momentIn, sceneFiles } from './scene-files.js';
import { Peer } from './service.js';

/** A signing key at its first period, in ordinary memory of the scanning process. */
export interface KnownKey {
  /** 608 bytes. */
  readonly bytes: Uint8Array;
  readonly verificationKey: Uint8Array;
}

/** The key of a root seed. */
export function keyOfSeed(root: Uint8Array): KnownKey {
  using seed = MLockedSeed.newZeroed(32);
  seed.withBytes((memory) => memory.set(root));
  using key = sum6Kes.generateKey(seed);
  const bytes = new Uint8Array(sum6Kes.signingKeySize);
  directSerialiseBufChecked(bytes, key);
  return { bytes, verificationKey: key.deriveVerificationKey() };
}

/** A pool with a random cold key, and its certificates. */
export class Pool implements Disposable {
  readonly #coldKey: Ed25519SigningKey;
  #counter = 0n;

  constructor() {
    using seed = MLockedSeed.newRandom(32);
    this.#coldKey = ed25519.generateKey(seed);
  }

  get coldVerificationKey(): Uint8Array {
    return this.#coldKey.deriveVerificationKey();
  }

  /** Certifies a key, with the next counter. */
  certify(hotVerificationKey: Uint8Array, startPeriod: number): OperationalCertificate {
    this.#counter += 1n;
    return issueCertificate(this.#coldKey, {
      hotVerificationKey,
      sequenceNumber: this.#counter,
      startPeriod: absolutePeriod(startPeriod),
    });
  }

  [Symbol.dispose](): void {
    this.#coldKey.release();
  }
}

/** More milliseconds than any scan of the stopped process takes. */
const TIMEOUT = 600_000;

/** The surroundings of one agent: its peer, its clients, its operator and its clock. */
export class Scene implements Disposable {
  readonly files: ReturnType<typeof sceneFiles>;
  /** The operator. */
  readonly control: ControlClient;
  readonly #peer: Peer;
  readonly #pool = new Pool();
  #period = 0;
  #timestamp = 0n;

  private constructor(files: ReturnType<typeof sceneFiles>, peer: Peer) {
    this.files = files;
    this.control = new ControlClient(files.control, { timeout: TIMEOUT });
    this.#peer = peer;
    writeFileSync(files.coldVerificationKey, this.#pool.coldVerificationKey);
    this.pass(0);
  }

  /** Prepares a folder, before the agent is started there. */
  static async prepare(folder: string): Promise<Scene> {
    const files = sceneFiles(folder);
    return new Scene(files, await Peer.listen(files.peer));
  }

  /** The peer sends a key, which has to be accepted. Its certificate begins now, and is returned. */
  async push(key: KnownKey): Promise<OperationalCertificate> {
    const certificate = this.#pool.certify(key.verificationKey, this.#period);
    accepted(await this.offer(key, certificate));
    return certificate;
  }

  /** The peer sends a key. Returns the answer. */
  offer({ bytes }: KnownKey, certificate: OperationalCertificate): Promise<string> {
    this.#timestamp = this.#later();
    return this.#peer.push(bytes, certificate, this.#timestamp);
  }

  /** The peer sends a drop. */
  async pushDrop(): Promise<void> {
    this.#timestamp = this.#later();
    accepted(await this.#peer.pushDrop(this.#timestamp));
  }

  /** Moves the clock. */
  pass(periods: number): void {
    this.#period += periods;
    writeFileSync(this.files.clock, String(momentIn(this.#period)));
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
    const client = await SignClient.connect(this.files.sign, { timeout: TIMEOUT });
    await client.sign(MESSAGE);
    await client.close();
  }

  /** The agent installs the staged key. */
  install(verificationKey: Uint8Array): Promise<void> {
    return this.control.install(this.#pool.certify(verificationKey, this.#period));
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
    this.#peer.close();
  }

  /** Later than each key and drop so far: the agent takes the timestamp of a drop from its clock. */
  #later(): bigint {
    const now = BigInt(momentIn(this.#period)) * 1_000n;
    const least = this.#timestamp > now ? this.#timestamp : now;
    return least + 1_000n;
  }
}

function accepted(result: string): void {
  if (result !== 'ok') throw new Error(`the answer was ${result}`);
}
