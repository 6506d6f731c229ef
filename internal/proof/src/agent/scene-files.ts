/** What a scanned agent and the process that scans it share: files and sockets in one folder, and the network. */
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

/** The middle of a period, in milliseconds since 1970. */
export const momentIn = (period: number): number =>
  NETWORK_START + (period + 0.5) * PERIOD_SECONDS * 1_000;
