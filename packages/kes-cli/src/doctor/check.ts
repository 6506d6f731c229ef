/** What all checks of the machine share. */
import { readFileSync } from 'node:fs';
import { counted } from '../cli/text.js';

/** The result of one check of this machine. */
export interface Check {
  /** A short, stable name. */
  readonly name: string;
  /**
   * `bad`: `kes` cannot work, or a key is not safe in it. `weak`: there is a way to the keys that can be closed.
   * `unknown`: the system does not report it.
   */
  readonly state: 'good' | 'weak' | 'bad' | 'unknown';
  readonly found: string;
  /** What to do; absent when there is nothing to do. */
  readonly fix?: string;
}

/** Returns the text of a kernel file, or `undefined` when it does not exist. */
export type SystemText = (path: string) => string | undefined;

/** Reads from this machine. */
export const systemText: SystemText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** An amount of memory, for a person. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1_024) return counted(bytes, 'byte');
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KiB`;
  if (bytes < 1_073_741_824) return `${Math.round(bytes / 1_048_576)} MiB`;
  return `${(bytes / 1_073_741_824).toFixed(1)} GiB`;
}
