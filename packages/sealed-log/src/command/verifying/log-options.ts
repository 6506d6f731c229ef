/** What commands that verify a log take from the command line: the verifier key and the files. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Terms } from '@evolock/command-line/command';
import { CommandError, usage } from '@evolock/command-line/errors';
import {
  InvalidArgumentError,
  positiveNumber,
  timeInOption,
  wholeNumber,
} from '@evolock/command-line/option-values';
import { Progress } from '@evolock/command-line/progress';
import type { Session } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { sourceName } from '@evolock/command-line/text';
import { faultOfVerifierKey } from '../../format/key.js';
import { judge, type AnswerTo, type Done, type Question, type Work } from '../../parallel/judge.js';
import type { Sent } from '../../parallel/walk-thread.js';
import { UnpackingError } from '../../files/packed-file.js';
import type { SealedLogState } from '../../verify/index.js';
import { refuseBeside, type GivenOptions, type GivenPaths, type LogPaths } from './given-files.js';
import { OpenedFile, wholeOf } from './read.js';
import { partsAfter, partsOf, type Parts } from './resuming.js';
import { firstEntryOf, laterFirstEntryOf, takenOf } from './taken-files.js';

/** The options of these commands. */
export interface LogOptions extends GivenOptions {
  readonly key: string;
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
};

/** A time in whole seconds. */
export function secondsInOption(text: string): number {
  return Math.ceil(timeInOption(text));
}

/** The greatest age of the last seal in seconds, or `none`. */
export function ageInOption(text: string): number | 'none' {
  return text === 'none' ? text : secondsInOption(text);
}

const MOST_THREADS = 256;

function threadsInOption(text: string): number {
  const count = positiveNumber(text);
  if (count > MOST_THREADS) throw new InvalidArgumentError(`It is more than ${MOST_THREADS}.`);
  return count;
}

/** A verifier key is one line. */
const MOST_KEY_BYTES = 4096;

/** The verifier key of an option: its text, or the content of a file, which is not beside the log. */
export async function verifierKeyOf(
  session: Session,
  text: string,
  paths?: LogPaths,
  option = '--key',
): Promise<string> {
  const fault = faultOfVerifierKey(text);
  if (fault === undefined) return text;
  if (!existsSync(text))
    throw usage(
      `${option} ${sourceName(text)}: no file has this name, and it is not a verifier key: ${fault}`,
    );
  if (paths !== undefined) refuseBeside(option, text, paths);
  const line = (await wholeOf(session, text, MOST_KEY_BYTES)).toString().trim();
  const faultOfLine = faultOfVerifierKey(line);
  if (faultOfLine === undefined) return line;
  throw usage(
    `${option} ${sourceName(text)}: the file does not hold a verifier key: ${faultOfLine}`,
  );
}

/** Bytes of entries for which it takes longer to start threads, and bytes of seals that are a long work too. */
const FEW_BYTES = 1 << 24;
const TIMES_A_SEAL = 16;

/** The same for one of many logs, which share the cores. */
const FEW_BYTES_OF_MANY = 1 << 22;

/** How a log is read: where its first entry is found that an earlier run did not verify, or that is there. */
export interface Reading {
  /** The state of the earlier run. */
  readonly start?: SealedLogState | undefined;
  /** Whether files may be gone from the front: the number of the first entry is then found by the hashes. */
  readonly isFrontSought?: boolean;
  /** Whether it is one of many logs, which are judged at once. */
  readonly isOfMany?: boolean | undefined;
}

/** The files of a log that were read. */
export interface TakenPaths extends GivenPaths {
  /** Files that are older than the log. */
  readonly older: readonly string[];
}

/** What a function of the library answers, and the files about which it was asked. */
export interface Answered<Answer> {
  readonly answer: Answer;
  /** The bytes of the first file that was read that an earlier run read. */
  readonly skipped: number;
  readonly paths: TakenPaths;
}

/** Asks a function of the library about a log, on all cores, and shows the progress. */
export async function askLog<Asked extends Question>(
  session: Session,
  verifierKey: string,
  paths: GivenPaths,
  { firstEntry, threads }: Pick<LogOptions, 'firstEntry' | 'threads'>,
  question: Asked,
  { start, isFrontSought = false, isOfMany = false }: Reading = {},
): Promise<Answered<AnswerTo<Asked>>> {
  if (firstEntry !== undefined && paths.hashes === undefined)
    throw usage('--first-entry needs the hashes: without them no root can be computed');
  const opened: OpenedFile[] = [];
  const open = async (path: string) => {
    const file = await OpenedFile.open(path);
    opened.push(file);
    return file;
  };
  try {
    // All are open before anything is read: a rotation may rename them meanwhile.
    const given: OpenedFile[] = [];
    for (const path of paths.logs) given.push(await open(path));
    const hashes = paths.hashes === undefined ? undefined : (await open(paths.hashes)).part();
    // The length of the seals first: entries that come later are not sealed yet.
    const sealsFile = await open(paths.seals);
    // A file that ends before the last seal of an earlier run is for the verdict.
    const seals = await partsOf([sealsFile], start?.sealBytes);
    const taken = await takenOf(given, hashes, firstEntry);
    const rest = await partsAfter(taken.files, start?.place);
    const entries = rest ?? (await partsOf(taken.files));
    const sought = isFrontSought && rest === undefined && firstEntry === undefined;
    const found = sought ? await firstEntryOf(entries.parts, hashes) : firstEntry;
    const first = rest === undefined ? found : start?.size;
    const log = {
      verifierKey,
      entries: entries.parts,
      seals: seals.parts,
      hashes,
      // A place would say that the first file is the rest of one that was read before.
      start: start && { ...start, place: rest && start.place },
    };
    const sizes = { entries, seals, threads, isOfMany };
    const answer = await answerFrom(first, {
      ask: (from) =>
        judgeWithProgress(session, { log: { ...log, firstEntry: from }, question }, sizes),
      later: async (from) => (sought ? laterFirstEntryOf(entries.parts, hashes, from) : undefined),
    });
    const { files, older, notes } = taken;
    const logs = files.map(({ path }) => path);
    const skipped = rest?.parts[0]?.from ?? 0;
    return {
      answer,
      skipped,
      paths: { ...paths, logs, older, notes: [...paths.notes, ...notes] },
    };
  } catch (error) {
    throw await inWordsOfFile(error, opened);
  } finally {
    for (const file of opened) await file[Symbol.asyncDispose]();
  }
}

/** The answer from the first entry at its place, or from a later one when only that fits the seals. */
async function answerFrom<Answer extends AnswerTo<Question>>(
  first: number | undefined,
  {
    ask,
    later,
  }: {
    readonly ask: (first: number | undefined) => Promise<Answer>;
    readonly later: (first: number) => Promise<number | undefined>;
  },
): Promise<Answer> {
  const answer = await ask(first);
  const next = first !== undefined && areOthers(answer) ? await later(first) : undefined;
  if (next === undefined) return answer;
  const other = await ask(next);
  return areOthers(other) ? answer : other;
}

/** Whether the entries do not fit the seals. */
function areOthers(answer: AnswerTo<Question>): boolean {
  const { failure } = 'verdict' in answer ? answer.verdict : answer;
  return failure === 'entries' || failure === 'missing-entries';
}

interface Sizes {
  readonly entries: Parts;
  readonly seals: Parts;
  readonly threads: number | undefined;
  readonly isOfMany: boolean;
}

async function judgeWithProgress<Asked extends Question>(
  session: Session,
  asked: Pick<Work<Asked>, 'log' | 'question'>,
  { entries, seals, isOfMany, ...options }: Sizes,
): Promise<AnswerTo<Asked>> {
  const bytesOfWork = entries.bytes + TIMES_A_SEAL * seals.bytes;
  const threads = options.threads ?? (bytesOfWork < FEW_BYTES ? 0 : availableParallelism());
  const isHere = threads === 0 && bytesOfWork < (isOfMany ? FEW_BYTES_OF_MANY : FEW_BYTES);
  const countsSeals = seals.bytes > entries.bytes;
  const { bytes } = countsSeals ? seals : entries;
  const progress = new Progress(
    session.context,
    countsSeals ? 'seals' : 'entries',
    Number.isFinite(bytes) ? bytes : undefined,
  );
  const tell = showing(progress, countsSeals);
  const ask = isHere ? judge : judgeInThread;
  try {
    return await ask({ ...asked, threads, countsSeals }, session.context.modules, tell);
  } finally {
    progress.clear();
  }
}

/** Shows what was done, of which each call has the sum. What was judged by an earlier run counts for nothing. */
function showing(progress: Progress, countsSeals: boolean): (done: Done) => void {
  let read = 0;
  let shown: number | undefined;
  return ({ bytes, seals, sealedEntries }) => {
    progress.read(bytes - read);
    read = bytes;
    const count = countsSeals ? seals : sealedEntries;
    progress.advance(count - (shown ?? count));
    shown = count;
  };
}

/** The error of a file that could not be read. Of files that cannot be unpacked, all are told. */
async function inWordsOfFile(error: unknown, opened: readonly OpenedFile[]): Promise<unknown> {
  const { syscall, path, packed } = error as Partial<NodeJS.ErrnoException & UnpackingError>;
  if (packed !== undefined) {
    const faults: string[] = [];
    for (const file of opened)
      await file.contentSize().catch((fault: unknown) => {
        if (fault instanceof UnpackingError)
          faults.push(`${sourceName(fault.packed)}: ${fault.message}`);
      });
    return new CommandError('environment', faults.join('; '), { cause: error });
  }
  return syscall === undefined || path === undefined ? error : systemError(path, error);
}

/** MiB for new objects of the thread that walks. Two thirds are copies. */
const YOUNG_MIB = 6;

/**
 * Asks in a thread. V8 enlarges the memory for new objects from time to time, so that of a process would grow with the log:
 * that of a thread has a limit.
 */
async function judgeInThread<Asked extends Question>(
  work: Work<Asked>,
  modules: URL,
  tell: (done: Done) => void,
): Promise<AnswerTo<Asked>> {
  const worker = new Worker(new URL('walk-thread.js', modules), {
    workerData: work,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  return new Promise((resolve, reject) => {
    let answer: AnswerTo<Asked> | undefined;
    worker.on('message', (sent: Sent) => {
      if ('done' in sent) tell(sent.done);
      else answer = sent.answer as AnswerTo<Asked>;
    });
    let failure = new Error('the thread that verifies the log ended');
    worker.once('error', (error: Error) => (failure = error));
    // A read of a file can be under way until then. The caller closes the files, and others get their descriptors.
    worker.once('exit', () => {
      if (answer === undefined) reject(failure);
      else resolve(answer);
    });
  });
}
