/** A function of the library about a log in open files, on all cores. */
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { MOST_STREAMED, unpackedPieces, type PackedForm } from '../files/packed-file.js';
import { HASH_SIZE } from '../format/tree.js';
import { native } from '../native.js';
import {
  entryDifferences,
  proveEntry,
  readWitnessPolicy,
  verifySealedLog,
  type EntryDifference,
  type EntryDifferences,
  type ProvedEntry,
  type ProveEntryOptions,
  type Range,
  type SealedLogQuestion,
  type SealedLogState,
  type SealedLogTimes,
  type SealedLogVerdict,
} from '../verify/index.js';
import { areSpaces } from '../reading/sources.js';
import { Cores } from './cores.js';
import { recordsOf, type ErasureRecord } from './records.js';

/** Bytes a read. */
const STEP = 1 << 18;

/** A part of a file that is open, for all threads: up to its end or before it. */
export interface FilePart {
  readonly path: string;
  readonly fd: number;
  readonly from: number;
  readonly to: number;
  /** A pipe has no places, and is read once. */
  readonly isPipe: boolean;
  /** Of a compressed file, whose places are those of its content. */
  readonly form: PackedForm | undefined;
}

/** A log, of which parts may have been verified before. */
export interface LogParts {
  readonly verifierKey: string;
  readonly entries: readonly FilePart[];
  readonly seals: readonly FilePart[];
  readonly hashes: FilePart | undefined;
  readonly firstEntry: number | undefined;
  /** Where the earlier verification ended. */
  readonly start: SealedLogState | undefined;
}

type AskedName = 'checkpoints' | 'erased' | 'mustEnd' | 'mustGoOn' | 'revokedFrom';

/** What a function of the library is asked. */
export type Question =
  | {
      readonly verify: Pick<SealedLogQuestion, AskedName> & SealedLogTimes;
      /** The file of a policy: a thread gets no functions. */
      readonly policy?: Uint8Array | undefined;
    }
  | { readonly prove: Pick<ProveEntryOptions, 'entry' | 'seal' | 'checkpoint'> };

/** A verdict, and how the entries differ from the sealed ones, when that is why the log is invalid and can be said. */
export interface ExplainedVerdict {
  readonly verdict: SealedLogVerdict;
  readonly differences: EntryDifferences | undefined;
  /** The entries that tell of the erasing of lines that are blank and not accepted. */
  readonly records: readonly ErasureRecord[];
}

/** What it answers. */
export type AnswerTo<Asked extends Question> = Asked extends { readonly verify: unknown }
  ? ExplainedVerdict
  : ProvedEntry;

/** What was done of a log. */
export interface Done {
  /** The bytes that were read of the entries, or of the seals when there are more of these. */
  readonly bytes: number;
  readonly seals: number;
  readonly sealedEntries: number;
}

/** What a thread needs to judge a log. */
export interface Work<Asked extends Question = Question> {
  readonly log: LogParts;
  readonly question: Asked;
  /** Threads beside the one that walks through the log. */
  readonly threads: number;
  /** Whether the bytes of the seals are counted. */
  readonly countsSeals: boolean;
}

/**
 * Asks a function about a log.
 *
 * @param work - What it needs.
 * @param modules - The folder of what threads load.
 * @param tell - Called before each piece of a file and between seals.
 * @throws The error of a system call, with the `path` of the file.
 */
export async function judge<Asked extends Question>(
  work: Work<Asked>,
  modules: URL,
  tell: (done: Done) => void,
): Promise<AnswerTo<Asked>> {
  const { log, question, threads, countsSeals } = work;
  const { verifierKey, firstEntry, start } = log;
  let bytes = 0;
  const counted = async function* (part: FilePart) {
    for await (const piece of piecesOfPart(part)) {
      bytes += piece.length;
      yield piece;
    }
  };
  await using cores = await Cores.start(threads, new URL('verify-thread.js', modules));
  const seals = joined(log.seals.map(countsSeals ? counted : piecesOfPart));
  const given = {
    verifierKey,
    cryptography: cores.cryptography,
    files: log.entries.map(countsSeals ? piecesOfPart : counted),
    seals,
    hashes: log.hashes && piecesOfPart({ ...log.hashes, from: (start?.size ?? 0) * HASH_SIZE }),
    firstEntry,
    onProgress: (proved: Omit<Done, 'bytes'>) => tell({ bytes, ...proved }),
  };
  if ('prove' in question)
    return (await proveEntry({ ...given, ...question.prove })) as AnswerTo<Asked>;
  const policy = question.policy && readWitnessPolicy(question.policy);
  const verdict = await verifySealedLog({ ...given, ...question.verify, policy, from: start });
  const { erased } = question.verify;
  const differences = await differencesOf(verdict, log, erased);
  const blank = (differences?.differences ?? []).filter(isBlank);
  const records =
    blank.length === 0
      ? []
      : await recordsOf(log.entries.map(piecesOfPart), firstEntry ?? 0, (entries) =>
          isAnyIn(blank, entries),
        );
  const explained: ExplainedVerdict = { verdict, differences, records };
  return explained as AnswerTo<Asked>;
}

/** How the entries differ. Of a log that was verified in part before, the lines of its files cannot be counted. */
async function differencesOf(
  { failure }: SealedLogVerdict,
  { verifierKey, entries, seals, hashes, firstEntry, start }: LogParts,
  erased: SealedLogQuestion['erased'],
): Promise<EntryDifferences | undefined> {
  const isOfEntries = failure === 'entries' || failure === 'missing-entries';
  const isReadAgain = [...entries, ...seals, hashes].every((part) => part?.isPipe === false);
  if (!isOfEntries || !isReadAgain || start !== undefined) return undefined;
  return entryDifferences(() => ({
    verifierKey,
    files: entries.map(piecesOfPart),
    seals: joined(seals.map(piecesOfPart)),
    hashes: hashes && piecesOfPart(hashes),
    firstEntry,
    erased,
    cryptography: native,
  }));
}

/** Whether a line has nothing but spaces in the place of another text. */
export function isBlank({ kind, text }: EntryDifference): boolean {
  return kind === 'changed' && text !== undefined && areSpaces(text);
}

function isAnyIn(differences: readonly EntryDifference[], ranges: readonly Range[]): boolean {
  return differences.some(({ entry, entries }) =>
    ranges.some(([from, to]) => from < entry + entries && entry < to),
  );
}

async function* joined(files: readonly AsyncIterable<Uint8Array>[]) {
  for (const file of files) yield* file;
}

const readFrom = promisify(read);

/**
 * The bytes of a part of a file. Each piece uses the memory of the one before.
 *
 * @throws The error of the system, with the path; {@link UnpackingError}.
 */
export function piecesOfPart(part: FilePart): AsyncGenerator<Uint8Array, void> {
  const { path, form } = part;
  if (form === undefined) return bytesOf(part);
  const whole = bytesOf({ ...part, from: 0, to: Infinity });
  return between(unpackedPieces({ path, form }, whole, MOST_STREAMED), part);
}

/** What is in pieces from a place up to another. */
async function* between(
  pieces: AsyncIterable<Uint8Array>,
  { from, to }: FilePart,
): AsyncGenerator<Uint8Array, void> {
  let at = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (part.length > 0) yield part;
    at += piece.length;
    if (at >= to) return;
  }
}

async function* bytesOf({
  path,
  fd,
  from,
  to,
  isPipe,
}: FilePart): AsyncGenerator<Uint8Array, void> {
  const memory = new Uint8Array(Math.min(STEP, to - from));
  for (let at = from; at < to;) {
    const length = Math.min(STEP, to - at);
    const { bytesRead } = await readFrom(
      fd,
      memory,
      0,
      length,
      isPipe && from === 0 ? null : at,
    ).catch((error: unknown) => {
      throw Object.assign(error as Error, { path });
    });
    if (bytesRead === 0) return;
    at += bytesRead;
    yield memory.subarray(0, bytesRead);
  }
}
