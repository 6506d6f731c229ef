/**
 * A sealer on files, without a thread and a timer of its own: what happens at each tick, when a seal is asked for, and at
 * the end. Its calls run one after another.
 */
import { writeVerifierKey, type LogKey } from '../format/key.js';
import { END, signedMessage, SUCCESSOR, writeSealLine, type Seal } from '../format/seal.js';
import { checkpointOf, writeCheckpoint, type NewCheckpoint } from './checkpoint.js';
import { eraseEntries, type ErasedEntries } from '../erasing/erase.js';
import { SealerError } from '../errors.js';
import { removeHint, writeHint, type Progress } from '../following/hint.js';
import { namesOf } from '../following/log-files.js';
import { NoteKey } from '../keys/note-key.js';
import { writePublicPart, type NewKey } from '../keys/key-file.js';
import { errorOf, messageOf } from './messages.js';
import { openLog, type OpenLog } from './opening.js';
import { stepAfter, type Step } from './order.js';
import type { Range } from '../verify/entries/absent.js';
import { SealClock } from './seal-clock.js';
import type { EngineOptions, SealFacts, World } from './world.js';

/** A seal that was signed and has not left. */
interface Pending {
  readonly seal: Seal;
  readonly line: string;
  readonly signer: LogKey;
  readonly nextKey: LogKey;
  /** The signing key of the next number, until the holder has it. */
  successor: NewKey | undefined;
}

/** A sealer without a thread. */
export class Engine {
  readonly #path: string;
  readonly #log: OpenLog;
  readonly #options: EngineOptions;
  readonly #world: World;
  readonly #clock: SealClock;
  #step: Step = 'idle';
  #pending: Pending | undefined;
  /** The key of the next seal. */
  #key: LogKey;
  /** The last seal that left, and the key that signed it. */
  #last: OpenLog['last'];
  /** Flags of the next seal. */
  #flags: number;
  /** The key of an ordinary line in checkpoints. */
  readonly #noteKey: NoteKey | undefined;
  /** The number of the last seal whose checkpoint is in its file; -1 when it is not known. */
  #written = -1;
  /** When the last seal was made. After a start, one is due at once. */
  #sealedAt = -Infinity;
  /** The failure that was told, which is not told again before a heartbeat; `undefined` when nothing fails. */
  #told: { readonly message: string; readonly at: number } | undefined;
  /** When it was last told that entries wait for the end of an old file; `undefined` when none do. */
  #waitingToldAt: number | undefined;
  /** How far the log was read when it was last sealed: what the hint has of it. */
  #progress: Progress | undefined;
  /** What a person was told there, apart from numbers; `undefined` before it is written. */
  #noted: string | undefined;
  #closed = false;
  #calls: Promise<unknown> = Promise.resolve();
  #wanted: Promise<SealFacts> | undefined;

  private constructor(
    path: string,
    log: OpenLog,
    noteKey: NoteKey | undefined,
    options: EngineOptions,
    world: World,
  ) {
    this.#path = path;
    this.#log = log;
    this.#progress = log.tree.progress;
    this.#noteKey = noteKey;
    this.#options = options;
    this.#world = world;
    this.#key = log.key;
    this.#last = log.last;
    this.#flags = log.flags;
    this.#clock = new SealClock(world, log.last?.seal.time);
  }

  /**
   * Opens a log, or begins a new one.
   *
   * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`; `FileError` `ERR_EVOLOCK_IO_FILE`.
   */
  static async open(path: string, options: EngineOptions, world: World): Promise<Engine> {
    const { noteKeyFile, origin } = options;
    const log = await openLog(path, options, world);
    try {
      const noteKey =
        noteKeyFile === undefined ? undefined : await NoteKey.open(noteKeyFile, origin);
      return new Engine(path, log, noteKey, options, world);
    } catch (error) {
      await log.close().catch(() => undefined);
      throw error;
    }
  }

  /** The line of text by which anyone verifies the log. */
  get verifierKey(): string {
    return writeVerifierKey(this.#log.firstKey);
  }

  /** The line of text of the key of the ordinary line in checkpoints. */
  get noteVerifierKey(): string | undefined {
    return this.#noteKey?.verifierKey;
  }

  /** Reads new entries, and seals when a seal is due or did not succeed. A failure is told. */
  tick(): Promise<void> {
    return this.#after(async () => {
      if (this.#closed || this.#step === 'ended') return;
      await this.#attempt(async () => {
        if (this.#step !== 'idle') await this.#run();
        // Hashing between seals spreads the work.
        this.#log.tree.read(true);
        this.#log.tree.check();
        this.#log.seals.check();
        if (this.#isDue()) await this.#sealNow();
        if (this.#isCheckpointDue()) this.#writeCheckpoint();
        this.#told = undefined;
      });
      await this.#attempt(() => {
        this.#tellWaiting();
        this.#note();
      });
    });
  }

  /**
   * Seals all entries that are there. Calls that wait share one seal.
   *
   * @throws What prevented it, which is told too. A seal that was signed leaves later.
   */
  seal(): Promise<SealFacts> {
    this.#wanted ??= this.#after(() => {
      this.#wanted = undefined;
      return this.#sealNow();
    });
    return this.#wanted;
  }

  /** The checkpoint of the last seal. */
  checkpoint(): Promise<NewCheckpoint | undefined> {
    return this.#after(() =>
      this.#last === undefined ? undefined : this.#checkpointOf(this.#last),
    );
  }

  /**
   * Erases sealed entries, and seals the entry that tells of it. A seal that fails is told, and tried again.
   *
   * @throws {@link SealerError} reason `not-erased`.
   */
  erase(entries: readonly Range[], reason: string): Promise<ErasedEntries> {
    return this.#after(async () => {
      const { keyFile } = this.#options;
      const names = namesOf(this.#path, this.#options);
      const erased = await eraseEntries({ names, keyFile }, entries, reason);
      if (erased.record === 'written') await this.#sealNow().catch(() => undefined);
      return erased;
    });
  }

  /**
   * Seals what was not sealed, and closes. With `end`, no seal follows, and the key is erased.
   *
   * @throws What prevented the last seal, and `waiting-file` when entries wait for the end of an old file. The sealer is
   * closed all the same.
   */
  close(end: boolean): Promise<void> {
    return this.#after(async () => {
      if (this.#closed) return;
      this.#closed = true;
      try {
        await this.#sealLast(end || this.#options.keyFile === undefined);
      } finally {
        await this.#attempt(() => this.#writeCheckpoint());
        this.#pending?.successor?.signingKey.release();
        await this.#closeFiles();
      }
    });
  }

  async #closeFiles(): Promise<void> {
    try {
      await this.#noteKey?.close();
    } finally {
      await this.#log.close();
    }
  }

  /** Tells what fails. The next tick tries it again. */
  async #attempt(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#tellError(error);
    }
  }

  /** Entries that wait for the end of an old file need a person. */
  #tellWaiting(): void {
    const { tree } = this.#log;
    const waiting = tree.waitsLong ? tree.waiting : undefined;
    const now = this.#world.elapsed();
    if (
      waiting !== undefined &&
      now - (this.#waitingToldAt ?? -Infinity) >= this.#options.heartbeat
    ) {
      this.#waitingToldAt = now;
      const error = new SealerError('waiting-file', { waiting });
      this.#world.tell({ event: 'error', error });
    }
    if (waiting === undefined) this.#waitingToldAt = undefined;
  }

  /** `sealed-log status` reads in the hint what fails, was lost or waits, also of a sealer that was closed. */
  #note(): void {
    const { keyFile, heartbeat } = this.#options;
    const progress = this.#progress;
    if (keyFile === undefined || progress === undefined) return;
    const { tree } = this.#log;
    const waiting = this.#closed || tree.waitsLong ? tree.waiting : undefined;
    const losing = tree.lostSince(progress.lost.length);
    const failure = this.#told?.message;
    const noted = JSON.stringify([waiting?.file, losing.length, failure]);
    if (noted === this.#noted) return;
    writeHint(keyFile, { ...progress, waiting, losing, failure, heartbeat });
    this.#noted = noted;
  }

  /** Whether entries wait for the end of an old file, which may have been reached when the time to settle has passed. */
  get waits(): boolean {
    return this.#log.tree.waiting !== undefined;
  }

  async #sealLast(ends: boolean): Promise<void> {
    if (this.#step === 'ended') return;
    if (this.#step !== 'idle') await this.#run();
    if (ends) this.#flags |= END;
    else this.#log.tree.read(true);
    if (ends || this.#last === undefined || this.#hasNew()) await this.#sealNow();
    const { waiting } = this.#log.tree;
    if (ends || waiting === undefined) return;
    this.#note();
    throw new SealerError('waiting-file', { waiting });
  }

  #after<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#calls.then(work);
    this.#calls = result.catch(() => undefined);
    return result;
  }

  #hasNew(): boolean {
    return this.#log.tree.frontier.size > (this.#last?.seal.size ?? 0);
  }

  #isDue(): boolean {
    const { interval, heartbeat } = this.#options;
    const since = this.#world.elapsed() - this.#sealedAt;
    return since >= heartbeat || (since >= interval && this.#hasNew());
  }

  async #sealNow(): Promise<SealFacts> {
    if (this.#step === 'ended') throw new SealerError('ended');
    // A seal that was signed before leaves first.
    if (this.#step !== 'idle') await this.#run();
    this.#step = stepAfter('idle', 'done', false);
    const seal = await this.#run();
    return sealFactsOf(seal);
  }

  /** Takes the steps to the end, or to the first failure, which is told and thrown. */
  async #run(): Promise<Seal> {
    while (this.#step !== 'idle' && this.#step !== 'ended') {
      const step = this.#step;
      try {
        await this.#take(step);
      } catch (error) {
        this.#step = stepAfter(step, 'failed', this.#isEnd());
        this.#tellError(error);
        if (step === 'leave') continue;
        throw error;
      }
      this.#step = stepAfter(step, 'done', this.#isEnd());
    }
    if (this.#last === undefined) throw new SealerError('closed');
    return this.#last.seal;
  }

  #isEnd(): boolean {
    return (((this.#pending ?? this.#last)?.seal.flags ?? 0) & END) !== 0;
  }

  #take(step: Step): void | Promise<void> {
    const { tree } = this.#log;
    if (step === 'entries') {
      // Before an end, nothing is left for later.
      tree.read((this.#flags & END) === 0);
      return tree.flush();
    }
    if (step === 'hashes') return tree.appendHashes();
    if (step === 'sign') return this.#sign();
    if (step === 'erase') return this.#erase();
    const pending = this.#pending;
    if (pending === undefined) return;
    if (step === 'key') return this.#moveKey(pending);
    if (step === 'line') return this.#log.seals.append(Buffer.from(`${pending.line}\n`));
    this.#leave(pending);
  }

  #sign(): void {
    // The line of a seal that is lost with its file has no key any more.
    this.#log.seals.check();
    const [key, last] = [this.#key, this.#last?.seal];
    const number = last === undefined ? key.first : last.number + 1;
    const isEnd = (this.#flags & END) !== 0;
    const isLast = number === key.last && !isEnd;
    const successor = isLast ? this.#world.newKey(number + 1, key.depth) : undefined;
    try {
      const { frontier } = this.#log.tree;
      const content = {
        number,
        time: this.#clock.next(last?.time ?? 0),
        flags: this.#flags | (successor === undefined ? 0 : SUCCESSOR),
        size: frontier.size,
        root: frontier.root(),
        successor: successor?.key.material,
      };
      const signature = this.#log.holder.key.sign(signedMessage(key.origin, content));
      const seal = { ...content, signature };
      const line = writeSealLine(seal).trimEnd();
      this.#pending = { seal, line, signer: key, nextKey: successor?.key ?? key, successor };
    } catch (error) {
      successor?.signingKey.release();
      throw error;
    }
  }

  /** The key in memory moves at the first attempt, and the file follows at the first one that succeeds. */
  #moveKey(pending: Pending): Promise<void> {
    const { holder, firstKey } = this.#log;
    const { seal, line, nextKey, successor } = pending;
    const publicBytes = writePublicPart({ firstKey, key: nextKey, line });
    if ((seal.flags & END) !== 0) return holder.retire({ publicBytes });
    if (successor === undefined)
      return holder.write({ period: seal.number + 1 - nextKey.first, publicBytes });
    pending.successor = undefined;
    return holder.write({ key: successor.signingKey, publicBytes });
  }

  async #erase(): Promise<void> {
    // The hint goes first: a key file that is destroyed cannot be destroyed again when this step is repeated.
    if (this.#options.keyFile !== undefined) removeHint(this.#options.keyFile);
    await this.#log.holder.destroy();
  }

  #leave({ seal, line, signer, nextKey }: Pending): void {
    this.#pending = undefined;
    this.#key = nextKey;
    this.#last = { seal, signer };
    if (seal.successor !== undefined) this.#log.successions.push(line);
    this.#flags = 0;
    this.#sealedAt = this.#world.elapsed();
    this.#world.tell({ event: 'sealed', seal: sealFactsOf(seal) });
    this.#progress = this.#log.tree.progress;
    this.#noted = undefined;
    try {
      if (this.#isCheckpointDue() || (seal.flags & END) !== 0) this.#writeCheckpoint();
      this.#told = undefined;
    } finally {
      this.#note();
    }
  }

  #isCheckpointDue(): boolean {
    const number = this.#last?.seal.number;
    if (number === undefined) return false;
    return this.#written < 0 || number - this.#written >= this.#options.checkpointEvery;
  }

  /** Writes the checkpoint of the last seal, when the file does not have it. */
  #writeCheckpoint(): void {
    const { checkpointFile, keyFile } = this.#options;
    const last = this.#last;
    if (checkpointFile === undefined || last === undefined) return;
    if (this.#written === last.seal.number) return;
    writeCheckpoint(checkpointFile, this.#checkpointOf(last), keyFile);
    this.#written = last.seal.number;
  }

  /** The chain leads to the key of the seal, which a succession itself does not need. */
  #checkpointOf({ seal, signer }: NonNullable<OpenLog['last']>): NewCheckpoint {
    const { successions } = this.#log;
    const chain = seal.successor === undefined ? successions : successions.slice(0, -1);
    const checkpoint = checkpointOf(signer, seal, chain);
    const note = this.#noteKey?.sign(checkpoint.note) ?? checkpoint.note;
    return { ...checkpoint, note };
  }

  #tellError(error: unknown): void {
    const { message } = errorOf(messageOf(error, this.#path));
    const now = this.#world.elapsed();
    if (this.#told?.message === message && now - this.#told.at < this.#options.heartbeat) return;
    this.#told = { message, at: now };
    this.#world.tell({ event: 'error', error });
  }
}

function sealFactsOf({ number, time, flags, size }: Seal): SealFacts {
  return { number, time, flags, size };
}
