import type { MLockedSeed } from '@evolock/mlocked-seed';
import type { Expectation } from './expectation.js';

/** What an operation works with, in the process that is scanned. */
export interface Subject {
  /** The secret in a new locked seed, written there byte by byte. */
  seed(): MLockedSeed<32>;
  /** Writes the secret into memory of 32 bytes, byte by byte. */
  readonly plant: (memory: Uint8Array) => void;
  /** A folder for files, sockets and pipes. */
  readonly folder: string;
}

/** One thing that a program does with a secret, after which the process is scanned. */
export interface Operation {
  readonly layer: string;
  readonly name: string;
  readonly expects: Expectation;
  /** Options of node for the process. */
  readonly flags?: readonly string[];
  /** Whether it can be done only once in a process, so that there is no warm run. */
  readonly once?: boolean;
  /** KiB of memory that it has to be able to lock; 64 when absent, the least that Linux gives to anybody. */
  readonly lockLimit?: number;
  /** Whether it stops its process by itself, at the process's end. */
  readonly stopsItself?: boolean;
  /** Does it. What it returns stays alive until the scan; in a warm-up it is released. */
  run(subject: Subject): unknown;
}

/** The name of an operation among all. */
export function idOf({ layer, name }: Pick<Operation, 'layer' | 'name'>): string {
  return `${layer}: ${name}`;
}

/** What every operation signs: the same in all processes, since the parent derives the nonce from it. */
export const MESSAGE = new TextEncoder().encode(
  'a message that is signed, of no interest to anyone',
);
