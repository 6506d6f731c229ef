/**
 * Entries that no seal covered when a verifier saw them, from one verification to the next. In the file in which the seals end,
 * an entry keeps its number. In later files it does not: a program that still writes to the older file shifts the number.
 */

/** Entries that were seen without a seal, and of which the last has none yet. */
export interface SeenUnsealed {
  /** When they were first seen, POSIX seconds. */
  readonly since: number;
  /** The number after the last of them in the file in which the seals end. */
  readonly end: number;
  /** The number of them in later files. */
  readonly later: number;
}

/** The entries of the files, from the one in which the earlier state ended. */
export interface EntriesFound {
  /** The number of sealed entries. */
  readonly sealed: number;
  /** Whether the file in which the earlier state ended is there still, and the first of them. */
  readonly isStartThere: boolean;
  /** The number after the last entry of each file but the last. */
  readonly fileEnds: readonly number[];
  /** The number after the last entry. */
  readonly total: number;
}

/**
 * What is known now of entries without a seal: of those that were seen before, when the last has none still; else of those that
 * are there.
 *
 * @param before - What was known.
 * @param found - What is in the files.
 * @param now - The present time, POSIX seconds; when it is `undefined`, none are first seen.
 */
export function unsealedAfter(
  before: SeenUnsealed | undefined,
  found: EntriesFound,
  now: number | undefined,
): SeenUnsealed | undefined {
  const { sealed, total } = found;
  const last = before === undefined ? 0 : lastSeen(before, found);
  // A clock may have been ahead.
  if (before !== undefined && sealed < last)
    return seenUpTo(last, Math.min(before.since, now ?? Infinity), found);
  // Files that were rotated before the log was begun have no entry of it, which shows with its first sealed entry.
  const isUnknown = sealed === 0 && found.fileEnds.length > 0;
  return now === undefined || sealed >= total || isUnknown
    ? undefined
    : seenUpTo(total, now, found);
}

/** The number after the last entry that was seen, or a smaller one when a file between grew since. */
function lastSeen({ end, later }: SeenUnsealed, found: EntriesFound): number {
  const { isStartThere, fileEnds, total } = found;
  const endNow = isStartThere ? (fileEnds[0] ?? total) : end;
  const last = later === 0 ? end : endNow + later;
  return Math.min(last, total);
}

function seenUpTo(
  last: number,
  since: number,
  { sealed, fileEnds, total }: EntriesFound,
): SeenUnsealed {
  const endOfFile = fileEnds.find((end) => end >= sealed) ?? total;
  const end = Math.min(last, endOfFile);
  return { since, end, later: last - end };
}
