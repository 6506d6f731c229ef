/**
 * What a sealer does at its start: one pure function of what it found in the seals file and in the key file. The rows are
 * those of the table on the page of the format.
 */
import type { LogKey } from '../format/key.js';
import { END, type Seal, type SealLine } from '../format/seal.js';
import type { FoundKey } from '../keys/key-file.js';

/** What was found. */
export interface FoundAtStart {
  readonly origin: string;
  /** The origin of the new log of a renewal that has not ended. */
  readonly renewal?: string | undefined;
  /** `undefined` when there is no key file. */
  readonly keyFile: FoundKey | undefined;
  /** Whether the seals file is there. A sealer makes it before its first seal. */
  readonly hasSeals: boolean;
  /** The last complete line of the seals file; `undefined` without one; `'damaged'` when it is not of the form. */
  readonly line: SealLine | 'damaged' | undefined;
  /** Whether the signature of that line holds under the key that the key file names. */
  readonly verifies: () => boolean;
}

/** Why a sealer does not start, or does not go on. */
export type Refusal =
  | { readonly reason: 'ended' }
  | {
      readonly reason:
        'renewing' | 'no-key' | 'other-log' | 'wrong-line' | 'earlier-key' | 'lost-successor';
    }
  | {
      readonly reason: 'missing-seals' | 'no-seals';
      readonly from: number;
      readonly to: number;
    };

/** What is done. */
export type Start =
  | { readonly do: 'create' }
  | {
      readonly do: 'go-on';
      /** Whether the line of the key file is appended first. */
      readonly append: boolean;
      /** The seals that an old copy of the key does not protect; the key evolves past them. */
      readonly unprotected?: { readonly from: number; readonly to: number };
    }
  /** The end was signed: the line is appended when it is missing, and the key file is removed. */
  | { readonly do: 'finish'; readonly append: boolean }
  | ({ readonly do: 'refuse' } & Refusal);

const refuse = (refusal: Refusal): Start => ({ do: 'refuse', ...refusal });

/** Decides what a start does. */
export function decideStart(found: FoundAtStart): Start {
  const { origin, renewal, keyFile, line, verifies } = found;
  if (renewal !== undefined && isRenewing(renewal, found)) return refuse({ reason: 'renewing' });
  if (keyFile === undefined) return line === undefined ? { do: 'create' } : withoutKey(line);
  if (keyFile.key.origin !== origin) return refuse({ reason: 'other-log' });
  if (line === 'damaged') return refuse({ reason: 'wrong-line' });
  const { next, last, key } = keyFile;
  const append = last === undefined ? 'nothing' : whetherToAppend(last, key, { ...found, line });
  if (next === undefined)
    return append === 'line' || append === 'nothing'
      ? { do: 'finish', append: append === 'line' }
      : refuse(append);
  if (line !== undefined && (line.seal.flags & END) !== 0) return refuse({ reason: 'ended' });
  if (line !== undefined && next <= line.seal.number)
    return verifies() ? withOldKey(key, next, line.seal) : refuse({ reason: 'earlier-key' });
  if (last === undefined)
    return line === undefined ? { do: 'go-on', append: false } : refuse({ reason: 'wrong-line' });
  return append === 'line' || append === 'nothing'
    ? { do: 'go-on', append: append === 'line' }
    : refuse(append);
}

/** The old key is gone, and the new one has made no seal, or its name is not known yet to who starts. */
function isRenewing(renewal: string, { keyFile, origin }: FoundAtStart): boolean {
  if (keyFile === undefined) return true;
  return keyFile.key.origin === renewal && (keyFile.last === undefined || origin !== renewal);
}

function withoutKey(line: SealLine | 'damaged'): Start {
  const ended = line !== 'damaged' && (line.seal.flags & END) !== 0;
  return refuse({ reason: ended ? 'ended' : 'no-key' });
}

/** The key is one that made seals of this log: it evolves past all of them, and never because of another line. */
function withOldKey(key: LogKey, next: number, { number }: Seal): Start {
  if (number === key.last) return refuse({ reason: 'lost-successor' });
  return {
    do: 'go-on',
    append: false,
    unprotected: { from: next, to: number },
  };
}

/** Whether the seals file has the line of the key file, or lacks this one alone. */
function whetherToAppend(
  last: SealLine,
  key: LogKey,
  { hasSeals, line, verifies }: FoundAtStart & { readonly line: SealLine | undefined },
): 'line' | 'nothing' | Refusal {
  const { number, time, size } = last.seal;
  if (line === undefined)
    return number === 0 && hasSeals ? 'line' : { reason: 'no-seals', from: 0, to: number };
  if (line.seal.number === number)
    return line.line === last.line ? 'nothing' : { reason: 'wrong-line' };
  if (line.seal.number > number) return { reason: 'wrong-line' };
  if (line.seal.number < number - 1)
    return {
      reason: 'missing-seals',
      from: line.seal.number + 1,
      to: number - 1,
    };
  // The line before the first one of a key is of the key before it, which names it.
  const isOfKey = line.seal.number < key.first || verifies();
  const follows = isOfKey && time >= line.seal.time && size >= line.seal.size;
  return follows ? 'line' : { reason: 'wrong-line' };
}
