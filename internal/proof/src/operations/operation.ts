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

/** An operation on a secret. The process is scanned after it. */
export interface Operation {
  readonly layer: string;
  readonly name: string;
  readonly expects: Expectation;
  /** Options of node for the process. */
  readonly flags?: readonly string[];
  /** Whether it can run only once in a process, so that there is no warm run. */
  readonly once?: boolean;
  /** KiB of memory that it has to lock. When absent, 64, the least that Linux gives to a process. */
  readonly lockLimit?: number;
  /** Whether it stops its process itself, when the process ends. */
  readonly stopsItself?: boolean;
  /** Runs it. Its result stays alive until the scan. In a warm-up the result is released. */
  run(subject: Subject): unknown;
}

/** The unique name of an operation. */
export function idOf({ layer, name }: Pick<Operation, 'layer' | 'name'>): string {
  return `${layer}: ${name}`;
}

/** The message that every operation signs. It is the same in all processes, because the parent derives the nonce. */
export const MESSAGE = new TextEncoder().encode(
  'a message that is signed, of no interest to anyone',
);
