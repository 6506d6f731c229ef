/** Continues where the previous run ended, and stores how far this run has come. */
import { existsSync, statSync } from 'node:fs';
import {
  checkJudged,
  filesOf,
  judgedBefore,
  numberOfChunk,
  STDIN,
  StateError,
  stateIn,
  stateText,
  type JudgeContext,
  type RunState,
} from '@evolock/cardano-headers/parts';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { CommandError, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { sourceName } from '@evolock/command-line/text';
import { readPublic } from '../files/read.js';

/** The size limit of a state in bytes: some 130 a pool. */
const LARGEST = 16_777_216;

/** Milliseconds between two writes. */
const INTERVAL = 5_000;

export interface Resumption {
  /** The state of the run before; `undefined` when there is none. */
  readonly from: RunState | undefined;
  /** A group of a chunk was judged and is not counted yet: every chunk before is complete. */
  readonly reach: (chunk: number, state: () => Omit<RunState, 'chunk' | 'judged'>) => Promise<void>;
}

/** Reads the state, if its file exists. It is written again from time to time. */
export async function resumptionAt(
  session: Session,
  file: string,
  [folder = STDIN, ...others]: readonly string[],
  subject: JudgeContext,
): Promise<Resumption> {
  const isFolder = folder !== STDIN && statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  if (file === STDIN || others.length > 0 || isFolder !== true) throw needsFolder();
  const from = existsSync(file) ? await stateAt(session, file, folder, subject) : undefined;
  const last = lastChunkOf(folder);
  const now = () => session.context.now().getTime();
  let reached: number | undefined;
  let written = now();
  const reach: Resumption['reach'] = async (chunk, state) => {
    if (chunk === reached) return;
    reached = chunk;
    // A node may append to the last chunk: the next run judges it again.
    if (chunk !== last && now() - written < INTERVAL) return;
    const { counts, chain, nonces } = state();
    // What could not be read is read again by the next run, and what could not be judged to the end is judged again.
    if (counts.notRead + counts.incomplete + counts.laterEra > 0) return;
    written = now();
    const judged = await judgedBefore(folder, chunk);
    const run = { chunk, judged, counts: { ...counts, skipped: 0 }, chain, nonces };
    writeDurably(file, stateText(subject, run), { replace: true, secret: false });
  };
  return { from, reach };
}

async function stateAt(
  session: Session,
  file: string,
  folder: string,
  subject: JudgeContext,
): Promise<RunState> {
  const text = await readPublic(session, file, LARGEST);
  try {
    const from = stateIn(text, subject);
    await checkJudged(folder, from);
    return from;
  } catch (cause) {
    if (!(cause instanceof StateError)) throw cause;
    const [failure, words] = REFUSALS[cause.problem];
    throw new CommandError(failure, `${sourceName(file)}: ${words}`, { cause });
  }
}

const REFUSALS = {
  damaged: [
    'invalid',
    'it is not a state of this kes header verify, or it is damaged: remove it, or give another name',
  ],
  'other-subject': [
    'usage',
    'it is of another network, or of other --since, --until, --pool, --vrf, --bodies or --epoch-nonce: give the same, or another name',
  ],
  'other-chunks': [
    'invalid',
    'the folder does not have the chunks that were judged when it was written: give that folder, or remove the file to begin again',
  ],
} as const;

/** The last chunk of a folder. A state is about all chunks before a number, so they have to be read in the order of numbers. */
function lastChunkOf(folder: string): number | undefined {
  let last: number | undefined;
  for (const found of filesOf([folder])) {
    const chunk = 'result' in found ? undefined : numberOfChunk(found.path);
    if (chunk !== undefined && last !== undefined && chunk <= last) throw needsFolder();
    last = chunk ?? last;
  }
  return last;
}

function needsFolder(): CommandError {
  return usage('--resume needs a file, and one folder with the chunks of a node');
}
