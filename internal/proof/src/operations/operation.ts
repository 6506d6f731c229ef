import type { MLockedSeed } from '@evolock/mlocked-seed';
import type { Scene } from '../agent/scene.js';
import type { Scanned } from '../scan/scanned-process.js';
import type { Expectation } from '../secrets/expectation.js';

export { MESSAGE } from '../secrets/expectation.js';

/** What an operation uses in the scanned process. */
export interface Subject {
  /** The secret in a new locked seed, written there byte by byte. */
  seed(): MLockedSeed<32>;
  /** Writes the secret into memory of 32 bytes, byte by byte. */
  readonly plant: (memory: Uint8Array) => void;
  /** A folder for files, sockets and pipes. */
  readonly folder: string;
}

/** The other end of a pipe or a socket, in the scanning process. */
export interface Peer {
  /** Whether the scanned process gets the secret from this end only. */
  readonly sends: boolean;
  /** Meets the scanned process at a path. Returns what ends it. */
  readonly meet: (path: string, root: Uint8Array) => () => void;
}

/** What the scanning process does with an agent or a client, which it scans several times meanwhile. */
export interface Life {
  /** What is done several times before with other keys: the optimising compiler compiles a part of it. */
  readonly rehearse: (scene: Scene) => Promise<void>;
  readonly live: (scene: Scene, scanned: Scanned) => Promise<void>;
}

interface Circumstances {
  /** Options of node for the process. */
  readonly flags?: readonly string[];
  /** Whether it can run only once in a process, so that there is no warm run. */
  readonly once?: boolean;
  /** KiB of memory that it has to lock. When absent, 64, the least that Linux gives to a process. */
  readonly lockLimit?: number;
  /** What its files hold: each live seed, and nothing that is gone, also where a deleted file is still open. */
  readonly files?: Expectation;
  /** Whether it stops its process itself, when the process ends. */
  readonly stopsItself?: boolean;
  /** Whether it has a test of its own: it is no row of the table. */
  readonly aside?: boolean;
  readonly peer?: Peer;
  readonly life?: Life;
}

/** An operation on a secret. The process is scanned after it, or at each moment of its life. */
export interface Operation extends Circumstances {
  readonly layer: string;
  readonly name: string;
  readonly expects: Expectation;
  /** Runs it. Its result stays alive until the scan. In a warm-up the result is released. */
  run(subject: Subject): unknown;
}

/** Makes operations of a layer. */
export const layer =
  (name: string, circumstances: Circumstances = {}) =>
  (operation: string, expects: Expectation, run: Operation['run']): Operation => ({
    layer: name,
    name: operation,
    expects,
    run,
    ...circumstances,
  });

export const once = { once: true } as const;

/** The unique name of an operation. */
export function idOf({ layer: of, name }: Pick<Operation, 'layer' | 'name'>): string {
  return `${of}: ${name}`;
}

/** The error of a transport or of an application that fails in a callback. */
export class Broken extends Error {
  readonly code = 'ERR_BROKEN';
}

/**
 * Calls a function that must throw an error with the given code.
 *
 * @throws Error when it does not throw, or throws another error.
 */
export function refused(code: string, work: () => unknown): void {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  const actual = thrown instanceof Error && 'code' in thrown ? thrown.code : thrown;
  if (actual !== code) throw new Error(`expected ${code}, got ${String(actual)}`);
}

/**
 * Asserts a condition.
 *
 * @throws Error when the condition is false.
 */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`this does not hold: ${what}`);
}
