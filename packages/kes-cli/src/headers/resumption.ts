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
  type RunState,
} from '@evolock/cardano-kes/database';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readPublic } from '../files/read.js';
import type { JudgeContext } from './worker.js';

/** The size limit of a state in bytes: some 130 a pool. */
const LARGEST = 16_777_216;

/** Milliseconds between two writes. */
const INTERVAL = 5_000;

/** The file of the state of a run over the chunks of a folder. */
export class Resumption {
  readonly #path: string;
  readonly #folder: string;
  readonly #subject: JudgeContext;
  readonly #last: number | undefined;
  readonly #now: () => Date;
  #chunk: number | undefined;
  #written: number;
  /** The state of the run before; `undefined` when there is none. */
  readonly from: RunState | undefined;

  private constructor(session: Session, place: Place, from: RunState | undefined) {
    this.#path = place.file;
    this.#folder = place.folder;
    this.#subject = place.subject;
    this.#last = lastChunkOf(place.folder);
    this.#now = session.context.now;
    this.#written = this.#now().getTime();
    this.from = from;
  }

  /** Reads the state, if its file exists. */
  static async open(session: Session, place: Place): Promise<Resumption> {
    const { file, folder, subject } = place;
    const isFolder = folder !== STDIN && statSync(folder, { throwIfNoEntry: false })?.isDirectory();
    if (file === STDIN || isFolder !== true) throw needsFolder();
    if (!existsSync(file)) return new Resumption(session, place, undefined);
    const text = await readPublic(session, file, LARGEST);
    try {
      const from = stateIn(text, subject);
      await checkJudged(folder, from);
      return new Resumption(session, place, from);
    } catch (cause) {
      throw cause instanceof StateError ? refused(sourceName(file), cause) : cause;
    }
  }

  /**
   * A group of a chunk was judged and is not counted yet: every chunk before is complete. The state is written from time to
   * time, and at the last chunk, which a node may append to: the next run judges it again.
   */
  async reach(chunk: number, state: () => Omit<RunState, 'chunk' | 'judged'>): Promise<void> {
    if (chunk === this.#chunk) return;
    this.#chunk = chunk;
    const now = this.#now().getTime();
    if (chunk !== this.#last && now - this.#written < INTERVAL) return;
    const { counts, chain, nonces } = state();
    // What could not be read is read again by the next run.
    if (counts.notRead > 0) return;
    this.#written = now;
    const judged = await judgedBefore(this.#folder, chunk);
    const reached = { chunk, judged, counts: { ...counts, skipped: 0 }, chain, nonces };
    const text = stateText(this.#subject, reached);
    writeDurably(this.#path, text, { replace: true, secret: false });
  }
}

function refused(name: string, cause: StateError): CommandError {
  const { problem } = cause;
  const [failure, words] = REFUSALS[problem];
  return new CommandError(failure, `${name}: ${words}`, { cause });
}

const REFUSALS = {
  damaged: [
    'invalid',
    'it is not a state of this kes header verify, or it is damaged: remove it, or give another name',
  ],
  'other-subject': [
    'usage',
    'it is of another network, or of other --since, --until, --pool, --vrf or --epoch-nonce: give the same, or another name',
  ],
  'other-chunks': [
    'invalid',
    'the folder does not have the chunks that were judged when it was written: give that folder, or remove the file to begin again',
  ],
} as const;

/** The file of a state, and what it is about. */
export interface Place {
  readonly file: string;
  readonly folder: string;
  readonly subject: JudgeContext;
}

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
  return new CommandError(
    'usage',
    '--resume needs a file, and one folder with the chunks of a node',
  );
}
