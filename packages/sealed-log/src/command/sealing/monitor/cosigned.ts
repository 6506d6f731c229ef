/** The last checkpoint that witnesses cosigned, as `sealed-log cosign` wrote it. Its cosignatures are judged by `verify`. */
import { textOfOwn } from '../../../files/log-file.js';
import { INTEGER_SIZE, readInteger } from '../../../format/integers.js';
import { readNote } from '../../../format/note.js';

/** A longer file is no note. */
const MOST_BYTES = 65_537;

/** Bytes of a signature by Ed25519 and by ML-DSA-44. */
const SIGNATURE_SIZES: readonly number[] = [64, 2420];

/** The last cosigned tree. */
export interface LastCosigned {
  /** The number of its entries. */
  readonly size: number;
  /** The latest time that a line states, POSIX seconds. */
  readonly time: number;
}

/** Reads it. Returns `undefined` when the file is missing, or has no note with a time. */
export function lastCosigned(path: string, keyFile: string): LastCosigned | undefined {
  const note = readNote(textOfOwn(path, MOST_BYTES, keyFile) ?? '');
  if (note === undefined) return undefined;
  const times = note.signatures
    .filter(({ payload }) => SIGNATURE_SIZES.includes(payload.length - INTEGER_SIZE))
    .map(({ payload }) => readInteger(payload, 0) ?? 0);
  return times.length === 0 ? undefined : { size: note.size, time: Math.max(...times) };
}
