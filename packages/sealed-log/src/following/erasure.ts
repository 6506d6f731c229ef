/**
 * The record of an erasing, beside the key file: which lines are overwritten, so that a killed run is finished. It is there until
 * the log has the entry that tells of the erasing. Who can write in the folder of the log cannot write there.
 */
import { rmSync, statSync } from 'node:fs';
import { removeLeftovers, withLockFile, writeUnderLock } from '@evolock/direct-serialise-io/files';
import { textOfOwn } from '../files/log-file.js';
import type { Range } from '../verify/entries/absent.js';

/** A line that is overwritten. */
export interface ErasedLine {
  /** The identity of its file. */
  readonly file: string;
  /** The bytes of the file before it. */
  readonly from: number;
  /** Its bytes, without the newline. */
  readonly length: number;
  /** Its hash in base64, before it was overwritten: another file can get the identity of one that was removed. */
  readonly leaf: string;
}

/** An erasing that was begun. */
export interface Erasure {
  readonly version: 1;
  /** In order, without overlaps. */
  readonly entries: readonly Range[];
  readonly reason: string;
  /** The lines that may have their old bytes; none when all are overwritten. */
  readonly lines: readonly ErasedLine[];
  /** Whether the log has ended: then no entry tells of it. */
  readonly isEnded: boolean;
}

/** The file has a line of some 110 bytes for each entry. */
const MOST_BYTES = 1 << 22;

const erasureOf = (keyFile: string): string => `${keyFile}.erasure`;

/** The record beside a key file. Returns `undefined` when there is none. */
export function readErasure(keyFile: string): Erasure | undefined {
  const text = textOfOwn(erasureOf(keyFile), MOST_BYTES, keyFile);
  if (text === undefined) return undefined;
  try {
    const erasure = JSON.parse(text) as Erasure;
    return erasure.version === 1 ? erasure : undefined;
  } catch {
    // Another program wrote it: an erasing writes it in one step.
    return undefined;
  }
}

/** When the record was written, in nanoseconds since 1970. What tells of the erasing was written later. */
export function timeOfErasure(keyFile: string): bigint {
  return statSync(erasureOf(keyFile), { bigint: true }).mtimeNs;
}

/** Writes the record durably, in one step. The caller has its lock. */
export function writeErasure(keyFile: string, erasure: Erasure): void {
  const text = Buffer.from(JSON.stringify(erasure));
  writeUnderLock(erasureOf(keyFile), text, { secret: false, replace: true });
}

/** Removes the record. */
export function removeErasure(keyFile: string): void {
  rmSync(erasureOf(keyFile), { force: true });
  removeLeftovers(erasureOf(keyFile));
}

/** Does work under the lock of the record. */
export function whileErasing<Result>(keyFile: string, work: () => Result): Result {
  return withLockFile(erasureOf(keyFile), work);
}
