/**
 * The record of a renewal, beside the key file: what it does, and what it knows of the old log. Who can write in the folder of
 * the log cannot write there.
 */
import { rmSync } from 'node:fs';
import { removeLeftovers, writeUnderLock } from '@evolock/direct-serialise-io/files';
import { textOfOwn } from '../files/log-file.js';

/** A renewal that was begun. */
export interface RenewalRecord {
  readonly version: 1;
  /** The path of the log. */
  readonly log: string;
  /** The origin of the new log. */
  readonly origin: string;
  /** The name of the old log, in the same folder. */
  readonly oldLog: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly time: string;
  /** As the key file or the caller told it. */
  readonly oldVerifierKey: string | undefined;
  /** Whether the old log has ended. */
  readonly oldEnded: boolean;
  /** The first entry of the new log, without its newline. It is made when the old log is not sealed any more. */
  readonly entry: string | undefined;
}

/** Where the record of a key file is. */
export function recordOf(keyFile: string): string {
  return `${keyFile}.renewal`;
}

/** It has a note, a seal line and the words of a person. */
const MOST_BYTES = 1 << 20;

/** The record beside a key file. Returns `undefined` when there is none. */
export function readRecord(keyFile: string): RenewalRecord | undefined {
  const text = textOfOwn(recordOf(keyFile), MOST_BYTES);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as RenewalRecord;
    return record.version === 1 ? record : undefined;
  } catch {
    // Another program wrote it: a renewal writes it in one step.
    return undefined;
  }
}

/** Writes the record durably, in one step. The caller has its lock. */
export function writeRecord(keyFile: string, record: RenewalRecord): void {
  const text = Buffer.from(`${JSON.stringify(record)}\n`);
  writeUnderLock(recordOf(keyFile), text, { secret: false, replace: true });
}

/** Removes the record. */
export function removeRecord(keyFile: string): void {
  rmSync(recordOf(keyFile), { force: true });
  removeLeftovers(recordOf(keyFile));
}
