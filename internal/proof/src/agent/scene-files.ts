/** What a scanned agent and the process that scans it share: files and sockets in one folder, and the network. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kesParameters, slot } from '@evolock/cardano-kes';

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
export class SceneFiles {
  /** The service socket of the peer. */
  readonly peer: string;
  /** The sockets of the agent, in a folder that only its user may enter. */
  readonly service: string;
  readonly control: string;
  readonly sign: string;
  readonly #clock: string;
  readonly #blocked: string;
  readonly #coldVerificationKey: string;

  constructor(folder: string) {
    this.peer = join(folder, 'peer');
    this.service = join(folder, 'agent', 'service');
    this.control = join(folder, 'agent', 'control');
    this.sign = join(folder, 'agent', 'sign');
    this.#clock = join(folder, 'clock');
    this.#blocked = join(folder, 'blocked');
    this.#coldVerificationKey = join(folder, 'cold.vkey');
  }

  /** Sets the clock of the agent to the middle of a period. */
  setPeriod(period: number): void {
    const moment = NETWORK_START + (period + 0.5) * PERIOD_SECONDS * 1_000;
    writeFileSync(this.#clock, String(moment));
  }

  /** The clock of the agent, milliseconds since 1970. */
  readonly now = (): number => Number(readFileSync(this.#clock, 'utf8'));

  /** From now on no client of the service socket can take a push: the kernel has no room for it. */
  blockPushes(): void {
    writeFileSync(this.#blocked, '');
  }

  /** Whether pushes are blocked. */
  get arePushesBlocked(): boolean {
    return existsSync(this.#blocked);
  }

  set coldVerificationKey(bytes: Uint8Array) {
    writeFileSync(this.#coldVerificationKey, bytes);
  }

  get coldVerificationKey(): Uint8Array {
    return Uint8Array.from(readFileSync(this.#coldVerificationKey));
  }
}
