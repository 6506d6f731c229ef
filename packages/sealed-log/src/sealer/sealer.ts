/** The sealer of an application: a thread that follows a log and seals it. */
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  ArgumentError,
  checkInteger,
  checkOptions,
  checkSeconds,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { FileError } from '@evolock/direct-serialise-io';
import { checkPath, flushFolder, refuseUnflushable } from '@evolock/direct-serialise-io/files';
import { isOrigin, MAX_DEPTH } from '../format/key.js';
import type { NewCheckpoint } from './checkpoint.js';
import { checkReason, type ErasedEntries } from '../erasing/erase.js';
import { EntryFile } from '../following/entry-file.js';
import { SealerError } from '../errors.js';
import { refuseOtherSealer } from '../files/missing-right.js';
import { errorOf, messageOf, type Answer, type Begin, type Call } from './messages.js';
import { AcceptedErasures } from '../verify/entries/absent.js';
import type { EngineOptions, SealFacts } from './world.js';

/** Options of a sealer. */
export interface SealerOptions {
  /** The name of the log, 1 to 255 visible ASCII characters without `+`: `example.com/web-1/audit`. */
  readonly origin: string;
  /**
   * The file of the key, in another folder than the log. Its folder is made when it is missing. Left out with `memory`.
   */
  readonly keyFile?: string | URL | undefined;
  /** The least time between two seals that were not asked for, in seconds; 10 when absent. */
  readonly interval?: number | undefined;
  /** The time after which a log without new entries is sealed again, in seconds; 600 when absent. */
  readonly heartbeat?: number | undefined;
  /**
   * The time for which a file that was renamed must not grow until its end is taken as final, in seconds; 5 when absent.
   */
  readonly settle?: number | undefined;
  /**
   * The names of old files in the folder of the log, with `*` for any characters: `audit.log.*`. Rotated files are found there
   * after a stop, when there were several rotations at once, and when a copy was made and the log was emptied. Nothing else
   * may have such a name. Files compressed from such ones are found too.
   */
  readonly rotated?: string | undefined;
  /** The depth of new keys, 0 to 20, each of which makes 2^depth seals. When absent, a successor has that of the key before it, and the first key 14. */
  readonly depth?: number | undefined;
  /** Whether the key is in memory only, so that the log ends with the sealer. */
  readonly memory?: boolean | undefined;
  /** Whether the hashes of the entries are kept, in `LOG.hashes`; `true` when absent. */
  readonly hashes?: boolean | undefined;
  /**
   * A file for checkpoints, with their successions in `FILE.chain`. What carries it to another machine is up to the
   * application. At a start, a checkpoint there that is ahead of the log, or differs from it, is refused.
   */
  readonly checkpointFile?: string | URL | undefined;
  /**
   * A checkpoint is written at each n-th seal; 1 when absent. It is also written at the first seal after a start, at an end
   * and when the sealer is closed.
   */
  readonly checkpointEvery?: number | undefined;
  /**
   * The file of an Ed25519 key, in another folder than the log, which is made when it is missing. With it checkpoints have a
   * second signature line, which Go's `note.Open` and witnesses know. This key does not evolve: its line proves nothing about
   * the past, and verifiers of the log ignore it.
   */
  readonly noteKeyFile?: string | URL | undefined;
}

/** The names of {@link SealerOptions}. */
export const sealerOptionNames = [
  'origin',
  'keyFile',
  'interval',
  'heartbeat',
  'settle',
  'rotated',
  'depth',
  'memory',
  'hashes',
  'checkpointFile',
  'checkpointEvery',
  'noteKeyFile',
] as const;

/** Events of a sealer. */
export interface SealerEvents {
  /** A seal is on the disk, and its key is gone. */
  sealed: [SealFacts];
  /** A seal did not succeed, and is tried again; or a fact that needs a person. Without a listener it is a warning. */
  error: [SealerError];
  /** The log was emptied, or an unfinished end of the seals file was cut. */
  truncated: [{ readonly file: string; readonly bytes: number }];
  /**
   * The clock is this number of seconds behind the last seal, whose time is used; or at a start ahead of it by more than a day: then
   * its time counts. The other number is 0.
   */
  clock: [{ readonly behind: number; readonly ahead: number }];
}

type Event = Extract<Answer, { readonly kind: 'event' }>['event'];

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SealerError) => void;
}

const LONGEST = 2 ** 31 - 1;

/** Memory for what is new in the thread. Few bytes of it live on. */
const YOUNG_MIB = 6;

/**
 * Seals a log: a plain file of lines, which any program appends to. Seals go to `LOG.seals`. Reading, hashing, waiting for
 * the disk and making keys take place in a thread of its own. The key is in locked memory of that thread, and leaves it
 * only for its file.
 *
 * A seal is made at once for a new log and after a start, then every `interval` with new entries, every `heartbeat` without,
 * when {@link Sealer.seal} is called, and at the end. A sealer does not keep the process alive. Close it, so that the last
 * entries are sealed.
 *
 * @example
 * ```ts
 * import { appendFileSync } from 'node:fs';
 * import { Sealer } from '@evolock/sealed-log';
 *
 * const sealer = await Sealer.open('events.log', { origin: 'example.com/events', keyFile: 'state/events.key', depth: 4 });
 * console.log(sealer.verifierKey); // keep it elsewhere: anyone verifies with it
 * appendFileSync('events.log', 'a line\n');
 * await sealer.seal();
 * await sealer.close();
 * ```
 */
export class Sealer extends EventEmitter<SealerEvents> implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<unknown>;
  /** Events of the start, until the application can listen; `undefined` from then on. */
  #early: Event[] | undefined = [];
  #verifierKey = '';
  #noteVerifierKey: string | undefined;
  #calls = 0;
  #closing: Promise<void> | undefined;
  #failure = new SealerError('closed');

  private constructor(begin: Begin) {
    super();
    this.#worker = new Worker(new URL('./sealer-thread.js', import.meta.url), {
      workerData: begin,
      // The command line of the application is not for the thread.
      execArgv: [],
      // V8 enlarges the young generation from time to time, and memory would grow with the log: each line leaves garbage.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    this.#worker.on('message', (answer: Answer) => this.#take(answer));
    this.#worker.on('error', (cause) => {
      this.#failure = new SealerError('thread', { cause });
    });
    this.#worker.on('exit', () => this.#end());
    this.#exited = new Promise((resolve) => this.#worker.once('exit', resolve));
  }

  /**
   * Opens a log, or begins a new one. The log may be missing: the application makes it later.
   *
   * @param path - The log.
   * @param options - See {@link SealerOptions}.
   * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`, whose `reason` says why this log cannot be sealed with this key, and
   * what to do.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  static async open(path: string | URL, options: SealerOptions): Promise<Sealer> {
    const sealer = new Sealer(checkBegin(path, options));
    try {
      await sealer.#wait(0);
    } finally {
      setImmediate(() => sealer.#emitEarly());
    }
    if (sealer.#waiting.size === 0) sealer.#worker.unref();
    return sealer;
  }

  /** The line of text by which anyone verifies the log. Keep it elsewhere. */
  get verifierKey(): string {
    return this.#verifierKey;
  }

  /** The line of text by which `note.Open` of Go verifies checkpoints; `undefined` without `noteKeyFile`. */
  get noteVerifierKey(): string | undefined {
    return this.#noteVerifierKey;
  }

  /**
   * Seals the entries that are in the file. Calls that wait share one seal. After a rotation, the entries of the new file wait
   * until the old one has ended.
   *
   * @returns The seal, when it is on the disk and its key is gone.
   * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`. A seal that was signed is not dropped: it is tried again.
   */
  seal(): Promise<SealFacts> {
    return this.#call('seal') as Promise<SealFacts>;
  }

  /**
   * The checkpoint of the last seal, to be kept elsewhere; `undefined` before the first.
   *
   * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`.
   */
  checkpoint(): Promise<NewCheckpoint | undefined> {
    return this.#call('checkpoint') as Promise<NewCheckpoint | undefined>;
  }

  /**
   * Erases sealed entries: their lines become spaces, in place, in the log and in the old files that `rotated` gives. The log gets an
   * entry that tells of it, `{"sealedLogErased":{"entries":[[4,6]],"reason":"…"}}`, which is sealed. Accept the erasing where the
   * log is verified first (`erased`): there a blank line is else a change. Copies of the log keep the text.
   *
   * @param erased - The entries, from the first number of each pair on and before the second; at most 10,000.
   * @param reason - Why, 1 to 1,000 characters.
   * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`, reason `not-erased`, with the way out: nothing was changed.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   *
   * @example
   * ```ts no-run: needs a log
   * import { Sealer } from '@evolock/sealed-log';
   *
   * declare const sealer: Sealer;
   * await sealer.erase([[4, 6]], 'GDPR request 17'); // the entries 4 and 5
   * ```
   */
  async erase(
    erased: Iterable<readonly [from: number, to: number]>,
    reason: string,
  ): Promise<ErasedEntries> {
    const erasing = { entries: new AcceptedErasures(erased).list, reason: checkReason(reason) };
    return (await this.#call('erase', false, erasing)) as ErasedEntries;
  }

  /**
   * Seals the entries that were not sealed, wipes the key and ends the thread. May be called again. After a rotation it waits for
   * `settle`.
   *
   * @param options - How it is closed.
   * @param options.end - Whether the log ends: the last seal says so, and the key file is erased. A log with its key in memory
   * ends in any case.
   * @throws {@link SealerError} `ERR_EVOLOCK_SEALER` when the last seal failed; reason `waiting-file` when an old file still
   * grows and entries of later files are not sealed. The thread ends all the same.
   */
  close(options?: { readonly end?: boolean | undefined }): Promise<void> {
    const { end = false } = checkOptions(options, ['end']);
    if (typeof end !== 'boolean') throw wrongType('options.end', 'a boolean', end);
    this.#closing ??= this.#close(end);
    return this.#closing;
  }

  /** Closes the sealer, for `await using`. The failure of an earlier `close` is not thrown again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing === undefined) await this.close();
    else await this.#closing.catch(() => undefined);
  }

  async #close(end: boolean): Promise<void> {
    try {
      await this.#call('close', end);
    } finally {
      this.#worker.ref();
      await this.#exited;
    }
  }

  #call(call: Call['call'], end = false, erasing?: Call['erasing']): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    this.#worker.postMessage({ id, call, end, erasing } satisfies Call);
    return this.#wait(id);
  }

  /** The process stays alive as long as a call waits. */
  #wait(id: number): Promise<unknown> {
    if (this.#worker.threadId < 0) return Promise.reject(this.#failure);
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #take(answer: Answer): void {
    if (answer.kind === 'opened') {
      this.#verifierKey = answer.verifierKey;
      this.#noteVerifierKey = answer.noteVerifierKey;
      this.#settle(0)?.resolve(undefined);
      return;
    }
    if (answer.kind === 'event') {
      if (this.#early === undefined) this.#emit(answer.event);
      else this.#early.push(answer.event);
      return;
    }
    // What was told before an answer is heard before it.
    if (answer.id > 0) this.#emitEarly();
    if (answer.kind === 'done') this.#settle(answer.id)?.resolve(answer.result);
    else this.#settle(answer.id)?.reject(errorOf(answer.error));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  #emitEarly(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.#emit(event);
  }

  #emit(event: Event): void {
    if (event.event === 'sealed') this.emit('sealed', event.seal);
    else if (event.event === 'truncated')
      this.emit('truncated', { file: event.file, bytes: event.bytes });
    else if (event.event === 'clock')
      this.emit('clock', { behind: event.behind, ahead: event.ahead });
    else this.#emitError(errorOf(event.error));
  }

  #emitError(error: SealerError): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
    else process.emitWarning(error);
  }

  #end(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(this.#failure);
    if (this.#failure.reason === 'thread') this.#emitError(this.#failure);
  }
}

/** Checks the arguments of {@link Sealer.open} and their places, and makes the folders of the keys. */
export function checkBegin(path: unknown, given: unknown): Begin {
  const log = resolve(checkPath(path));
  const options = checkOptions(given as SealerOptions, sealerOptionNames);
  const { origin, memory = false, hashes = true, interval = 10, heartbeat = 600 } = options;
  const { settle = 5, rotated } = options;
  if (typeof origin !== 'string') throw wrongType('options.origin', 'a string', origin);
  if (!isOrigin(origin))
    throw wrongValue('options.origin', '1 to 255 visible ASCII characters without +', origin);
  for (const [name, value] of Object.entries({ memory, hashes }))
    if (typeof value !== 'boolean') throw wrongType(`options.${name}`, 'a boolean', value);
  const { checkpointFile, checkpointEvery = 1, noteKeyFile, depth } = options;
  const engine: EngineOptions = {
    origin,
    keyFile: memory ? checkNoKeyFile(options) : checkKeyFile(options),
    interval: checkSeconds('options.interval', interval),
    heartbeat: checkSeconds('options.heartbeat', heartbeat),
    settle: checkSeconds('options.settle', settle),
    rotated: rotated === undefined ? undefined : checkPattern(rotated),
    hashes,
    checkpointFile: checkpointFile === undefined ? undefined : resolve(checkPath(checkpointFile)),
    checkpointEvery: checkInteger('options.checkpointEvery', checkpointEvery, 1, LONGEST),
    noteKeyFile: noteKeyFile === undefined ? undefined : resolve(checkPath(noteKeyFile)),
  };
  const begin = {
    path: log,
    depth: depth === undefined ? undefined : checkInteger('options.depth', depth, 0, MAX_DEPTH),
    options: engine,
  };
  try {
    preparePlaces(begin);
  } catch (error) {
    throw error instanceof ArgumentError ? error : errorOf(messageOf(error, log));
  }
  return begin;
}

/** Nothing is begun where a seal, or its checkpoint, could never be made. Then the folders of the keys are made. */
function preparePlaces({ path, options }: Begin): void {
  refuseUnflushable(path);
  refuseOtherSealer(path, options.keyFile);
  EntryFile.open(path, 0)?.close();
  const { checkpointFile } = options;
  if (checkpointFile !== undefined && !existsSync(dirname(checkpointFile)))
    throw new FileError('no-folder', checkpointFile);
  const folder = realpathSync(dirname(path));
  for (const name of ['keyFile', 'noteKeyFile'] as const) {
    const file = options[name];
    if (file === undefined) continue;
    makeFolder(dirname(file));
    // What takes a log away takes what lies beside it: a key there would be in every backup of the log.
    if (realpathSync(dirname(file)) === folder)
      throw wrongValue(`options.${name}`, 'a file in another folder than the log', file);
  }
}

/**
 * Makes a folder, and those above it. A recursive `mkdirSync` never returns where the system has no folder in spite of its
 * parent, as below `/proc`.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // A loss of power must not take the folder of the key and leave the seals.
  flushFolder(path);
}

function checkPattern(rotated: unknown): string {
  if (typeof rotated !== 'string') throw wrongType('options.rotated', 'a string', rotated);
  if (/^[^/\\]*\*[^/\\]*$/.test(rotated)) return rotated;
  throw wrongValue('options.rotated', 'a name with * and without a folder', rotated);
}

function checkNoKeyFile({ keyFile }: Partial<SealerOptions>): undefined {
  if (keyFile !== undefined)
    throw wrongValue('options.keyFile', 'none with options.memory', 'a file');
}

function checkKeyFile({ keyFile }: Partial<SealerOptions>): string {
  if (keyFile === undefined)
    throw wrongType('options.keyFile', 'a file, or options.memory', keyFile);
  return resolve(checkPath(keyFile));
}
