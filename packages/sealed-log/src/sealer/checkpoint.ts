/** Checkpoints that leave: a note, and beside it the seal lines of the successions that lead to its key. */
import { textOfOwn, writeOwn } from '../files/log-file.js';
import type { LogKey } from '../format/key.js';
import { readNote, writeNote } from '../format/note.js';
import { writeSealLine, type Seal, type SealLine } from '../format/seal.js';
import { followChain, sealOfNote } from '../verify/checkpoints.js';
import { native } from '../native.js';
import { SealerError } from '../errors.js';
import type { LinesRead, SealsFile } from '../following/seals-file.js';
import { chainOf } from '../following/successions.js';
import type { EngineOptions } from './world.js';

/** A checkpoint, to be kept elsewhere. A verifier takes it as it is. */
export interface NewCheckpoint {
  /** A signed note of three lines. */
  readonly note: string;
  /** The seal lines of the successions that lead to its key; `''` for the first key. */
  readonly chain: string;
}

/** The checkpoint of a seal. */
export function checkpointOf(
  key: LogKey,
  seal: Seal,
  successions: readonly string[],
): NewCheckpoint {
  return { note: writeNote(key, seal), chain: chainOf(successions) };
}

/**
 * Writes the note to a file and the chain to `FILE.chain`, which comes first: a note leads nowhere without it. The lock of
 * the log is theirs: one of their own would outlive a killed sealer in a container.
 */
export function writeCheckpoint(
  path: string,
  { note, chain }: NewCheckpoint,
  keyFile: string | undefined,
): void {
  writeOwn(`${path}.chain`, chain, keyFile);
  writeOwn(path, note, keyFile);
}

/** More is read of neither: it is then no checkpoint. */
const MOST_NOTE_BYTES = (1 << 16) + 1;
const MOST_CHAIN_BYTES = 1 << 27;

/** A note that is kept in a file, and the line of its seal. */
interface Kept {
  readonly number: number;
  readonly note: string;
  readonly line: string;
}

/** The checkpoint that is kept in a file. Returns `undefined` without a file, and `'unknown'` when it is not one of this log. */
export function keptCheckpoint(
  path: string,
  firstKey: LogKey,
  keyFile: string | undefined,
): Kept | 'unknown' | undefined {
  const text = textOfOwn(path, MOST_NOTE_BYTES, keyFile);
  if (text === undefined) return undefined;
  const note = readNote(text);
  const end = followChain(
    native,
    firstKey,
    textOfOwn(`${path}.chain`, MOST_CHAIN_BYTES, keyFile) ?? '',
  );
  if (note === undefined || end === undefined) return 'unknown';
  // A new chain comes before its note, and leads past the key of the note before.
  const seal = sealOfNote(native, note, end.keys);
  return seal === undefined
    ? 'unknown'
    : { number: seal.number, note: text, line: writeSealLine(seal).trimEnd() };
}

/**
 * Compares the checkpoint that is kept elsewhere. Returns whether it is one of the log, or there is none.
 *
 * @throws {@link SealerError} `old-folder`, `fork`.
 */
export function compareKept(
  { checkpointFile, keyFile }: Partial<Pick<EngineOptions, 'checkpointFile' | 'keyFile'>>,
  firstKey: LogKey,
  file: SealsFile,
  { size }: LinesRead,
  last: SealLine | undefined,
): boolean {
  if (checkpointFile === undefined) return true;
  const kept = keptCheckpoint(checkpointFile, firstKey, keyFile);
  if (kept === 'unknown') return false;
  if (kept === undefined) return true;
  const { number } = kept;
  const seals = { from: number, to: number };
  if (number > (last?.seal.number ?? -1)) throw new SealerError('old-folder', { seals });
  const found = last?.seal.number === number ? last.line : file.find(number, 0, size)?.line;
  if (found !== kept.line) throw new SealerError('fork', { seals });
  return true;
}
