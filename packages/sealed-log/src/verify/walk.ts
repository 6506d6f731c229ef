/** The walk over the seals of a log, in order: each is judged before the next is read. */
import {
  checkInteger,
  checkMethod,
  checkFunction,
  sameBytes,
} from '@evolock/direct-serialise/arguments';
import type { LogKey } from '../format/key.js';
import { END, keyAfter, readSealLine, signedMessage, START, type Seal } from '../format/seal.js';
import { isSealed, type LogCryptography } from './cryptography.js';
import { AbsentFacts, type Lawful } from './entries/absent.js';
import { EntryJudge } from './entries/entry-judge.js';
import type { EntriesFound } from './entries/unsealed.js';
import {
  checkIterable,
  closeStreams,
  Hashes,
  piecesOf,
  piecesOfFiles,
  SealLines,
  type ByteSource,
  type FileSources,
  type LeafHashes,
} from '../reading/sources.js';
import type { ProvedState } from './state.js';

/** Why a seal is not valid. The first of these, in this order, is the failure. */
export type SealFailure =
  'form' | 'number' | 'successor' | 'signature' | 'time' | 'size' | 'missing-entries' | 'entries';

/** The files of a log. */
export interface SealedLogFiles {
  /** The files of entries, in order. */
  readonly files: FileSources;
  /** The file of seals. */
  readonly seals: ByteSource;
  /** The file of hashes. */
  readonly hashes?: ByteSource | undefined;
  /** The number of the first entry in `files`, when earlier ones are gone or were read before; 0 when absent. */
  readonly firstEntry?: number | undefined;
  /** Ends the verification: looked at before each 256 KiB of a file and between seals, at turns of the event loop. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each piece of a file, or 256 KiB of one that is longer, and between seals, with what is proved. */
  readonly onProgress?:
    ((proved: { readonly seals: number; readonly sealedEntries: number }) => void) | undefined;
}

/** The names of {@link SealedLogFiles}. */
export const sealedLogFilesNames = [
  'files',
  'seals',
  'hashes',
  'firstEntry',
  'signal',
  'onProgress',
] as const;

/** A valid seal, the key that made it, and its line without a newline. */
export interface ValidSeal {
  readonly seal: Seal;
  readonly key: LogKey;
  readonly line: string;
}

/** What a walk is asked. */
interface WalkTask {
  /** The first number of the verifier key. */
  readonly firstNumber: number;
  readonly start: ProvedState;
  readonly lawful: Lawful;
  /** Reading stops before the line of this number. */
  readonly revokedFrom?: number;
  /** The entry whose path is wanted. */
  readonly watched?: number;
}

/** The number from which on seals prove nothing; infinite when none is given. */
export function checkRevokedFrom(given: unknown): number {
  return given === undefined
    ? Infinity
    : checkInteger('revokedFrom', given, 0, Number.MAX_SAFE_INTEGER);
}

/** After this time the next slice of a file, or the next seal, gives a turn of the event loop, in milliseconds. */
const TURN = 50;

/** Closes the files that were open before they were read. Files of a list are; those of another iterable are not. */
export function closeFiles({ files, seals, hashes }: Partial<SealedLogFiles>): Promise<void> {
  return closeStreams([seals, hashes, ...(Array.isArray(files) ? (files as unknown[]) : [])]);
}

/** A walk over the seals of a log. */
export class LogWalk {
  readonly #cryptography: LogCryptography;
  readonly #entries: LeafHashes;
  readonly #hashes: Hashes | undefined;
  readonly #lines: SealLines;
  readonly #judge: EntryJudge;
  readonly #start: ProvedState;
  readonly #revokedFrom: number;
  readonly #files: Partial<SealedLogFiles>;
  /** The number of the first entry that is present. */
  readonly firstEntry: number;
  readonly #look: () => void;
  /** What is known before the next line. Beyond a changed entry it goes on, to find all of them. */
  #next: ProvedState;
  #lastTurn = Date.now();
  #failed: { readonly failure: SealFailure; readonly proved: ProvedState } | undefined;

  constructor(
    cryptography: LogCryptography,
    files: Partial<SealedLogFiles>,
    { firstNumber, start, lawful, revokedFrom = Infinity, watched }: WalkTask,
  ) {
    const { signal, onProgress, seals, hashes } = files;
    if (signal !== undefined) checkMethod('signal', signal, 'throwIfAborted');
    if (onProgress !== undefined) checkFunction('onProgress', onProgress);
    this.#look = () => {
      signal?.throwIfAborted();
      onProgress?.({ seals: this.proved.number - firstNumber, sealedEntries: this.proved.size });
    };
    const before = async () => {
      if (!(await this.#giveTurn())) this.#look();
    };
    const { sha256 } = cryptography;
    const first = files.firstEntry ?? 0;
    const firstEntry = checkInteger('firstEntry', first, 0, Number.MAX_SAFE_INTEGER);
    const absent = new AbsentFacts(lawful, start.absent);
    const pieces = piecesOfFiles('files', checkIterable('files', files.files), before);
    this.#entries = cryptography.leavesOf(pieces, firstEntry);
    this.#lines = new SealLines(piecesOf('seals', checkIterable('seals', seals), before));
    if (hashes !== undefined)
      this.#hashes = new Hashes(piecesOf('hashes', checkIterable('hashes', hashes), before));
    this.#judge = new EntryJudge(
      sha256,
      this.#entries,
      this.#hashes,
      firstEntry,
      start,
      absent,
      watched,
    );
    this.firstEntry = firstEntry;
    this.#revokedFrom = revokedFrom;
    this.#cryptography = cryptography;
    this.#start = this.#next = start;
    this.#files = files;
  }

  /** What was proved: all before the first failure. */
  get proved(): ProvedState {
    return this.#failed?.proved ?? this.#next;
  }

  /** The number of the first entry that is read, when the walk goes on from a state. */
  get verifiedFrom(): number | undefined {
    return this.#start.firstTime === undefined ? undefined : this.#start.size;
  }

  /** The first failure. */
  get failure(): SealFailure | undefined {
    return this.#failed?.failure;
  }

  /** What the entries and the hashes told. */
  get entries(): Pick<EntryJudge, 'absent' | 'changed' | 'hashesWrong' | 'tree'> {
    return this.#judge;
  }

  /** Whether the last line of the file of seals, or of entries, has no newline. */
  get torn(): { readonly seal: boolean; readonly entry: boolean } {
    return { seal: this.#lines.isTorn, entry: this.#entries.isTorn };
  }

  /** Whether the file of seals ends before the last seal of the state. */
  isBehindStart = false;
  /** The line in the place of the last seal of the state, when it has another content. */
  forkOfStart: string | undefined;

  /** The valid seals in order, up to the first failure. */
  async *seals(): AsyncGenerator<ValidSeal, void> {
    // Seals before the verifier key's first are of an earlier key.
    let isSkipping = this.#start.firstTime === undefined;
    this.isBehindStart = !isSkipping;
    for (;;) {
      const line = this.#lines.next();
      if (line === undefined) {
        if (await this.#lines.more()) continue;
        return;
      }
      if (!this.isBehindStart && this.#next.number >= this.#revokedFrom) return;
      const seal = readSealLine(line);
      if (this.isBehindStart) {
        const last = this.#start.number - 1;
        if (seal !== undefined && seal.number < last) continue;
        this.isBehindStart = false;
        if (seal?.number === last && this.#isStart(seal)) continue;
        if (seal?.number === last) this.forkOfStart = line;
        else
          this.#failed = {
            failure: seal === undefined ? 'form' : 'number',
            proved: { ...this.#start, number: last },
          };
        return;
      }
      isSkipping &&= seal !== undefined && seal.number < this.#start.number;
      if (isSkipping) continue;
      await this.#giveTurn();
      const { key } = this.#next;
      if (seal === undefined) this.#fail('form');
      else if (await this.#advance(seal, line)) {
        if (this.#failed === undefined) yield { seal, key, line };
        continue;
      }
      return;
    }
  }

  /** Reads what comes after the last seal. Returns how many entries are where. */
  readRest(): Promise<EntriesFound> {
    return this.#judge.readRest();
  }

  /** Closes the files. */
  async close(): Promise<void> {
    await this.#lines.close();
    await this.#entries.close();
    await this.#hashes?.close();
    await closeFiles(this.#files);
  }

  /** Lets other work of the thread run. Sources in memory never do. */
  async #giveTurn(): Promise<boolean> {
    if (Date.now() - this.#lastTurn < TURN) return false;
    await new Promise((resolve) => setTimeout(resolve));
    this.#lastTurn = Date.now();
    this.#look();
    return true;
  }

  #fail(failure: SealFailure): false {
    this.#failed ??= { failure, proved: this.#next };
    return false;
  }

  /** Whether a seal has the content of the last seal of the state. */
  #isStart(seal: Seal): boolean {
    const { line, key } = this.#start;
    const start = readSealLine(line);
    const messages = [start, seal].map((each) => each && signedMessage(key.origin, each));
    return sameBytes(messages[0] ?? new Uint8Array(0), messages[1] ?? new Uint8Array(0));
  }

  /** Judges a seal, and goes on behind it. Returns `false` when there is no way on. */
  async #advance(seal: Seal, line: string): Promise<boolean> {
    const { number, key, ended, time, size, firstTime, longestGap, starts } = this.#next;
    if (ended || seal.number !== number) return this.#fail('number');
    const after = keyAfter(key, seal);
    if (after === undefined) return this.#fail('successor');
    if (!isSealed(this.#cryptography, key, seal)) return this.#fail('signature');
    if (seal.time < time) return this.#fail('time');
    if (seal.size < size) return this.#fail('size');
    const failure = await this.#judge.judge(seal);
    if (failure !== undefined) this.#fail(failure);
    const { tree } = this.#judge;
    // The hashes that were signed say which entries differ, and in later seals too.
    if (failure === 'missing-entries' || tree === undefined) return false;
    const isFirst = firstTime === undefined;
    this.#next = {
      key: after,
      number: number + 1,
      time: seal.time,
      size: seal.size,
      nodes: tree.nodes,
      ended: (seal.flags & END) !== 0,
      firstTime: firstTime ?? seal.time,
      longestGap: isFirst ? 0 : Math.max(longestGap, seal.time - time),
      starts: starts + ((seal.flags & START) === 0 ? 0 : 1),
      absent: this.#start.absent,
      place: seal.size === this.#start.size ? this.#start.place : this.#judge.place,
      line,
      sealBytes: this.#start.sealBytes + this.#lines.bytes - line.length - 1,
      unsealed: this.#start.unsealed,
      witnessed: this.#start.witnessed,
    };
    return true;
  }
}
