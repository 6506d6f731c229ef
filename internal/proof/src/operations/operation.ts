import type { MLockedSeed } from '@evolock/mlocked-seed';
import type { Expectation } from '../secrets/expectation.js';

/** What an operation uses in the scanned process. */
export interface Subject {
  /** The secret in a new locked seed, written there byte by byte. */
  seed(): MLockedSeed<32>;
  /** Writes the secret into memory of 32 bytes, byte by byte. */
  readonly plant: (memory: Uint8Array) => void;
  /** A folder for files, sockets and pipes. */
  readonly folder: string;
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
  /** Whether it is a part of a proof, or has a test of its own: it is no row of the table. */
  readonly aside?: boolean;
}

/** An operation on a secret. The process is scanned after it. */
export interface Operation extends Circumstances {
  readonly layer: string;
  readonly name: string;
  readonly expects: Expectation;
  /** Runs it. Its result stays alive until the scan. In a warm-up the result is released. */
  run(subject: Subject): unknown;
}

/** Makes operations of a layer. */
export const layer =
  (name: string, shared: Circumstances = {}) =>
  (
    operation: string,
    expects: Expectation,
    run: Operation['run'],
    circumstances: Circumstances = {},
  ): Operation => ({ layer: name, name: operation, expects, run, ...shared, ...circumstances });

export const once = { once: true } as const;

/** The unique name of an operation. */
export function idOf({ layer: of, name }: Pick<Operation, 'layer' | 'name'>): string {
  return `${of}: ${name}`;
}

/** The message that every operation signs. It is the same in all processes, because the parent derives the nonce. */
export const MESSAGE = new TextEncoder().encode(
  'a message that is signed, of no interest to anyone',
);

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
