/**
 * The lock file beside a file, on the disk: how it is taken, taken over from an ended process, and returned.
 *
 * The lock file always contains its holder: it is completed under another name, and gets its name by a hard link, which
 * fails when the name exists. A stale lock is replaced, never removed: between reading and removing it, another run may have
 * created its lock. Only the holder of the claim to a stale lock may replace it. The claim is a lock too, whose name contains
 * the nonce of the stale lock. A nonce is never used again, so a run that has the claim and still finds the same lock is the
 * only one to replace it. A stale claim is taken over in the same way.
 */
import { randomBytes } from 'node:crypto';
import {
  constants,
  linkSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError } from '../errors.js';
import {
  holderIn,
  holderInWords,
  newHolder,
  stateOf,
  textOf,
  type HolderState,
  type LockHolder,
} from './lock-holder.js';
import { attempt, close, hasNoLinks, isFileError } from './system.js';

/** Attempts to take a lock. An attempt fails without an error when another run takes or returns the lock meanwhile. */
const MOST_ROUNDS = 100;
const LARGEST_LOCK = 4096;
const MODE = 0o644;

/** The path of the lock file of a file. */
export function lockOf(file: string): string {
  return join(folderOf(file), `.${basename(resolve(file))}.evolock-lock`);
}

/** The reason `not-found` would mislead when the folder is missing. */
function folderOf(file: string): string {
  try {
    return attempt(file, () => realpathSync(dirname(resolve(file))));
  } catch (error) {
    if (!isFileError(error, 'not-found')) throw error;
    throw new FileError('no-folder', file, { cause: error.cause });
  }
}

/** The lock of a file for one holder: the thread that made this object. It is taken and returned at most once. */
export class Lock {
  readonly path: string;
  readonly #file: string;
  readonly #text = textOf(newHolder());

  constructor(file: string, path: string) {
    this.#file = file;
    this.path = path;
  }

  /**
   * Takes the lock, or takes it over.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: it names the file of the caller; or, with the reasons `locked` and
   * `locked-elsewhere`, the lock file of another run, which a person may have to remove.
   */
  take(): void {
    try {
      take(this.path, this.path, this.#text);
    } catch (error) {
      if (!(error instanceof FileError) || error.reason.startsWith('locked')) throw error;
      throw new FileError(error.reason, this.#file, { cause: error.cause });
    }
  }

  /** Only for the holder: see {@link sweep}. */
  sweep(): void {
    sweep(this.path);
  }

  /** Whether the lock file is still that of this holder, as far as it can be read. */
  isCurrent(): boolean {
    return isCurrent(this.path, this.#text);
  }

  /**
   * Returns the lock. The lock of another run is kept.
   *
   * @returns Whether the lock was still that of this holder.
   */
  giveBack(): boolean {
    return giveBack(this.path, this.#text);
  }
}

function isCurrent(lock: string, text: string): boolean {
  try {
    return lookAt(lock)?.text === text;
  } catch (error) {
    return !isFileError(error, 'locked-elsewhere');
  }
}

/** Throws nothing: the caller needs the result or the error of the work. The next run takes over a lock that stays. */
function giveBack(lock: string, text: string): boolean {
  if (!isCurrent(lock, text)) return false;
  remove(lock);
  return true;
}

/** Takes a lock or a claim with a text. The names of its temporary files begin with `base`. */
function take(lock: string, base: string, text: string): void {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (create(lock, base, text)) return;
    const found = lookAt(lock);
    // Another run returned it meanwhile.
    if (found === undefined) continue;
    const { holder } = found;
    if (holder === undefined) throw new FileError('locked-elsewhere', lock);
    const state = stateOf(holder);
    if (state !== 'ended')
      throw new FileError(state === 'running' ? 'locked' : 'locked-elsewhere', lock, {
        detail: holderInWords(holder, state),
      });
    if (takeOver(lock, base, { ...found, holder }, text)) return;
  }
  throw new FileError('locked', lock);
}

/** The holder of a lock, for a person who looks at it. */
export interface LockState {
  readonly pid: number;
  /**
   * `running`; `ended`: the lock is stale, and the next run takes it over; `elsewhere`: on another machine, in another
   * container, or before a restart that cannot be detected.
   */
  readonly state: HolderState;
  /** The process and, for `elsewhere`, where it is. */
  readonly words: string;
}

/**
 * Who holds the lock of a file. Changes nothing.
 *
 * @param path - The file, not the lock.
 * @returns `undefined` without a lock, without the folder, and for a lock that names no holder.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE` for a lock that cannot be read.
 */
export function lockStateOf(path: string): LockState | undefined {
  const holder = holderOfLockOf(path);
  if (holder === undefined) return undefined;
  const state = stateOf(holder);
  return { pid: holder.pid, state, words: holderInWords(holder, state) };
}

function holderOfLockOf(path: string): LockHolder | undefined {
  try {
    return lookAt(lockOf(path))?.holder;
  } catch (error) {
    if (isFileError(error, 'no-folder')) return undefined;
    throw error;
  }
}

interface Found {
  readonly text: string;
  /** `undefined` when the text contains none. */
  readonly holder: LockHolder | undefined;
}

interface Stale extends Found {
  readonly holder: LockHolder;
}

function takeOver(lock: string, base: string, stale: Stale, text: string): boolean {
  const claim = `${base}.${stale.holder.nonce}`;
  const claimText = textOf(newHolder());
  try {
    take(claim, base, claimText);
    // An earlier holder of the claim may have replaced the lock, or returned it.
    if (lookAt(lock)?.text !== stale.text) return false;
    return withText(base, text, (complete) => {
      attempt(lock, () => renameSync(complete, lock));
      return true;
    });
  } finally {
    giveBack(claim, claimText);
  }
}

/** Creates the lock. Returns `false` when it exists. */
function create(lock: string, base: string, text: string): boolean {
  return withText(base, text, (complete) => {
    try {
      attempt(lock, () => linkSync(complete, lock));
      return true;
    } catch (error) {
      if (hasNoLinks(error)) return createPlainly(lock, text);
      // `not-found`: the holder of the lock removed the temporary file of this run.
      if (isFileError(error, 'exists') || isFileError(error, 'not-found')) return false;
      throw error;
    }
  });
}

/** For file systems without hard links. A run that is killed in this call leaves a lock without a holder. */
function createPlainly(lock: string, text: string): boolean {
  try {
    write(lock, text);
    return true;
  } catch (error) {
    if (isFileError(error, 'exists')) return false;
    throw error;
  }
}

/** Lends the path of a complete file with a text, to link or rename it. */
function withText<Result>(base: string, text: string, use: (complete: string) => Result): Result {
  const complete = `${base}.${randomBytes(16).toString('hex')}`;
  try {
    write(complete, text);
    return use(complete);
  } finally {
    remove(complete);
  }
}

function write(path: string, text: string): void {
  const fd = attempt(path, () => openSync(path, 'wx', MODE));
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.byteLength;) {
      done += attempt(path, () => writeSync(fd, bytes, done, bytes.byteLength - done));
    }
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    close(fd);
  }
}

/**
 * The existing lock; `undefined` when none exists. The lock of another user may be unreadable: then its holder cannot be
 * checked, like one on another machine.
 */
function lookAt(lock: string): Found | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    fd = attempt(lock, () => openSync(lock, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  } catch (error) {
    if (isFileError(error, 'not-found')) return undefined;
    if (!isFileError(error, 'no-permission')) throw error;
    const detail = 'no permission to read it';
    throw new FileError('locked-elsewhere', lock, { cause: error.cause, detail });
  }
  try {
    const bytes = Buffer.alloc(LARGEST_LOCK);
    const size = attempt(lock, () => readSync(fd, bytes, 0, bytes.byteLength, 0));
    const text = bytes.toString('utf8', 0, size);
    return { text, holder: holderIn(text) };
  } finally {
    close(fd);
  }
}

/**
 * Removes the files that killed runs left beside the lock. Only the holder of the lock may do so. Claims there are claims to
 * earlier locks, and a run whose temporary file is removed tries again.
 */
function sweep(lock: string): void {
  const prefix = `${basename(lock)}.`;
  let names: string[];
  try {
    names = readdirSync(dirname(lock));
  } catch {
    // The directory may be unreadable.
    return;
  }
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    remove(join(dirname(lock), name));
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The next run removes it, or takes it over.
  }
}
