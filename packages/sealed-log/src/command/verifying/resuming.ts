/** Going on from an earlier run: its state, and the place in the files at which it ended. */
import { existsSync } from 'node:fs';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { sourceName } from '@evolock/command-line/text';
import { ArgumentError } from '@evolock/direct-serialise/arguments';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { encodeBase64 } from '../../format/base64.js';
import { leafHash } from '../../format/tree.js';
import { sha256 } from '../../native.js';
import { piecesOfPart, type FilePart } from '../../parallel/judge.js';
import type { Range, SealedLogState, StatePlace } from '../../verify/index.js';
import { areAccepted, AcceptedErasures } from '../../verify/entries/absent.js';
import { progressOf } from '../../verify/state.js';
import { wholeOf, type OpenedFile } from './read.js';

/** A state, in bytes: at most 10,000 ranges of absent entries. */
const MOST_STATE_BYTES = 1 << 21;

/** A longer line before the place is not looked at, in bytes. */
const MOST_LINE = 1 << 16;

const NEWLINE = 0x0a;

/** The state of an earlier run; `undefined` before the first, and when it says nothing to what is accepted now. */
export async function stateAt(
  session: Session,
  file: string,
  verifierKey: string,
  erased: readonly Range[],
  revokedFrom = Infinity,
): Promise<SealedLogState | undefined> {
  if (!existsSync(file)) return undefined;
  const text = (await wholeOf(session, file, MOST_STATE_BYTES)).toString();
  try {
    const state = JSON.parse(text) as SealedLogState;
    const { number, absent } = progressOf(verifierKey, state);
    const isOf = number <= revokedFrom && areAccepted(absent, new AcceptedErasures(erased));
    return isOf ? state : undefined;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof ArgumentError)) throw cause;
    const words =
      'it is not a state of this log, or it is damaged: give another name, or remove it';
    throw usage(`--resume ${sourceName(file)}: ${words}`, { cause });
  }
}

/** Writes what a later run goes on from. */
export function writeState(file: string, state: SealedLogState): void {
  writeDurably(file, Buffer.from(`${JSON.stringify(state)}\n`), { replace: true, secret: false });
}

/** Parts of files, and their size. */
export interface Parts {
  readonly bytes: number;
  readonly parts: readonly FilePart[];
}

/** What is in files, in order, after some bytes of the first. Later bytes than those of now are left out. */
export async function partsOf(files: readonly OpenedFile[], from = 0): Promise<Parts> {
  const parts: FilePart[] = [];
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    const size = await file.size();
    const begin = index === 0 ? Math.min(from, size) : 0;
    bytes += size - begin;
    parts.push(file.part(begin, size));
  }
  return { bytes, parts };
}

/**
 * The files from the place on at which an earlier run ended, whatever became of earlier ones. Returns `undefined` when it is not
 * found: the last entry was erased, or its file is gone.
 */
export async function partsAfter(
  files: readonly OpenedFile[],
  place: StatePlace | undefined,
): Promise<Parts | undefined> {
  if (place === undefined) return undefined;
  for (const [index, file] of [...files.entries()].reverse())
    if (await hasEntryAt(file, place)) return partsOf(files.slice(index), place.bytes);
  return undefined;
}

/** Whether the entry of a place ends there. */
async function hasEntryAt(file: OpenedFile, { bytes, leaf }: StatePlace): Promise<boolean> {
  const from = Math.max(0, bytes - MOST_LINE);
  const part = file.part(from, bytes + 1);
  if (part.isPipe) return false;
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOfPart(part)) pieces.push(piece.slice());
  const read = Buffer.concat(pieces);
  const end = bytes - from;
  const hasNewline = read[end - 1] === NEWLINE;
  // The last line of a rotated file may have no newline, and then nothing follows it.
  if (read.length < end || (!hasNewline && read.length > end)) return false;
  const lines = read.subarray(0, hasNewline ? end - 1 : end);
  const begin = lines.lastIndexOf(NEWLINE) + 1;
  if (begin === 0 && from > 0) return false;
  return encodeBase64(leafHash(sha256, lines.subarray(begin))) === leaf;
}

/** The state of a run that read the first file after some bytes only. */
export function stateInFiles(
  state: SealedLogState,
  from: SealedLogState | undefined,
  skipped: number,
): SealedLogState {
  const { place, size } = state;
  if (place?.file !== 0 || size === from?.size) return state;
  return { ...state, place: { ...place, bytes: place.bytes + skipped } };
}
