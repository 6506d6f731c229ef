/** What commands that verify a log take from the command line: the verifier key and the files. */
import { existsSync, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Terms } from '@evolock/command-line/command';
import { invalid, usage } from '@evolock/command-line/errors';
import {
  InvalidArgumentError,
  positiveNumber,
  wholeNumber,
} from '@evolock/command-line/option-values';
import { Progress } from '@evolock/command-line/progress';
import type { Session } from '@evolock/command-line/session';
import { sourceName } from '@evolock/command-line/text';
import { readVerifierKey } from '../format/key.js';
import { HASH_SIZE } from '../format/tree.js';
import { Cores } from '../parallel/cores.js';
import { hashesOf, sealsOf } from '../sealer/own-file.js';
import type { SealedLogFiles, SealedLogState } from '../verify/index.js';
import { OpenFile, wholeOf } from './read.js';

/** The options of these commands. */
export interface LogOptions {
  readonly key: string;
  readonly seals?: string;
  readonly hashes?: string;
  readonly firstEntry?: number;
  readonly threads?: number;
}

export const LOG_TERMS: Terms = {
  text: `
    --key <text|file>      the verifier key, or a file with it that is not beside the log
    --seals <file>         the seals: LAST.seals when absent
    --hashes <file>        the hashes of the entries: LAST.hashes when absent, if it is there
    --first-entry <entry>  the number of the first entry, when earlier files are gone
    --threads <count>      threads that verify: one a processor when absent`,
  values: { firstEntry: wholeNumber, threads: threadsInOption },
  needed: ['key'],
};

const MOST_THREADS = 256;

function threadsInOption(text: string): number {
  const count = positiveNumber(text);
  if (count > MOST_THREADS) throw new InvalidArgumentError(`It is more than ${MOST_THREADS}.`);
  return count;
}

/** The files of a log. */
export interface LogPaths {
  /** The files of entries, in order. */
  readonly logs: readonly string[];
  readonly seals: string;
  /** `undefined` when there are none. */
  readonly hashes: string | undefined;
}

/** The files that the options name, and those beside the last one. */
export function pathsOf(logs: readonly string[], { seals, hashes }: LogOptions): LogPaths {
  const last = logs.at(-1) ?? '';
  const beside = hashesOf(last);
  return {
    logs,
    seals: seals ?? sealsOf(last),
    hashes: hashes ?? (existsSync(beside) ? beside : undefined),
  };
}

/** Refuses a file beside the log: who can change the log can change it too, so it proves nothing. */
export function refuseBeside(option: string, path: string, { logs, seals }: LogPaths): void {
  const foldersOf = (file: string) => [
    dirname(resolve(file)),
    ...(existsSync(file) ? [dirname(realpathSync(file))] : []),
  ];
  const folders = [...logs, seals].flatMap(foldersOf);
  if (!foldersOf(path).some((folder) => folders.includes(folder))) return;
  throw usage(
    `${option} ${sourceName(path)}: it is beside the log, and who can change the log can replace it: keep it elsewhere, best on another machine`,
  );
}

/** A verifier key is one line. */
const MOST_KEY_BYTES = 4096;

/** The verifier key of an option: its text, or the content of a file. */
export async function verifierKeyOf(
  session: Session,
  text: string,
  paths?: LogPaths,
): Promise<string> {
  if (readVerifierKey(text) !== undefined) return text;
  if (!existsSync(text))
    throw usage(`--key ${sourceName(text)}: it is not a verifier key, and no file has this name`);
  if (paths !== undefined) refuseBeside('--key', text, paths);
  const line = (await wholeOf(session, text, MOST_KEY_BYTES)).toString().trimEnd();
  if (readVerifierKey(line) !== undefined) return line;
  throw usage(`--key ${sourceName(text)}: the file does not hold a verifier key`);
}

/** Work for which it takes longer to start threads: bytes of entries, and of seals, which take longer. */
const FEW_BYTES = 1 << 24;
const TIMES_A_SEAL = 16;

/** Where the parts of the files begin that were not verified before. */
type Start = Pick<SealedLogState, 'material' | 'size' | 'entryBytes' | 'sealBytes'>;

/** A log, for a function of the library. */
export interface ReadLog extends SealedLogFiles {
  readonly verifierKey: string;
  readonly cryptography: Cores['cryptography'];
}

/** A part of files that is to be read, and its size. */
interface Part {
  readonly bytes: number;
  readonly pieces: readonly AsyncIterable<Uint8Array>[];
}

/** Reads a log for a function of the library, on all cores, and shows the progress. */
export async function withLog<T>(
  session: Session,
  verifierKey: string,
  paths: LogPaths,
  { firstEntry, ...options }: LogOptions,
  start: Start | undefined,
  ask: (log: ReadLog) => Promise<T>,
): Promise<T> {
  if (firstEntry !== undefined && paths.hashes === undefined)
    throw usage('--first-entry needs the hashes: without them no root can be computed');
  const opened: OpenFile[] = [];
  const open = async (path: string) => {
    const file = await OpenFile.open(path);
    opened.push(file);
    return file;
  };
  try {
    // All are open before anything is read: a rotation may rename them meanwhile.
    const logs: OpenFile[] = [];
    for (const path of paths.logs) {
      const file = await open(path);
      // Entries are any bytes: the name has to say it too.
      if (path.endsWith('.gz') && (await file.isGzip()))
        throw usage(`${sourceName(path)}: it is compressed: unpack it, and give the unpacked file`);
      logs.push(file);
    }
    const hashes = paths.hashes === undefined ? undefined : await open(paths.hashes);
    // The length of the seals first: entries that come later are not sealed yet.
    const seals = await partAfter([await open(paths.seals)], start?.sealBytes);
    const entries = await partAfter(logs, start?.entryBytes);
    const isSmall = entries.bytes + TIMES_A_SEAL * seals.bytes < FEW_BYTES;
    const threads = options.threads ?? (isSmall ? 0 : availableParallelism());
    const module = new URL('verify-thread.js', session.context.modules);
    const isOfSeals = seals.bytes > entries.bytes;
    const { bytes } = isOfSeals ? seals : entries;
    const total = Number.isFinite(bytes) ? bytes : undefined;
    const progress = new Progress(session.context, isOfSeals ? 'seals' : 'entries', total);
    const counted = async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        progress.read(piece.length);
        yield piece;
      }
    };
    let shown: number | undefined;
    await using cores = await Cores.start(threads, module);
    const lines = joined(isOfSeals ? seals.pieces.map(counted) : seals.pieces);
    try {
      return await ask({
        verifierKey,
        cryptography: cores.cryptography,
        files: isOfSeals ? entries.pieces : entries.pieces.map(counted),
        seals: cores.seals(lines, verifierKey, start?.material),
        hashes: hashes?.part((start?.size ?? 0) * HASH_SIZE),
        firstEntry,
        onProgress: (proved) => {
          const done = isOfSeals ? proved.seals : proved.sealedEntries;
          progress.advance(done - (shown ?? done));
          shown = done;
        },
      });
    } finally {
      progress.clear();
    }
  } finally {
    for (const file of opened) await file[Symbol.asyncDispose]();
  }
}

async function* joined(files: readonly AsyncIterable<Uint8Array>[]) {
  for (const file of files) yield* file;
}

/** What is in files, in order, after a number of bytes. Later bytes than those of now are left out. */
async function partAfter(files: readonly OpenFile[], bytes = 0): Promise<Part> {
  const pieces: AsyncIterable<Uint8Array>[] = [];
  let [left, total] = [bytes, 0];
  for (const file of files) {
    const size = await file.size();
    const from = Math.min(left, size);
    left -= from;
    total += size - from;
    if (left === 0) pieces.push(file.part(from, size));
  }
  if (left === 0) return { bytes: total, pieces };
  throw invalid(
    `${files.map(({ path }) => sourceName(path)).join(' ')}: ${String(left)} bytes are gone that an earlier run verified. When files were left out, give all from the first one on`,
  );
}
