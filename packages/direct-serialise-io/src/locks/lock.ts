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
  linkSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  unlinkSync,
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
import type { ProofOfLife } from './proof-of-life.js';
import { attempt, close, hasNoLinks, isFileError, openUnfollowed } from '../system/calls.js';
import { writeAll } from '../system/temporary-file.js';

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
  /** The names of its temporary files, and of the claims to it, begin with this. */
  readonly #base: string;
  readonly #text: string;
  readonly #proof: ProofOfLife | undefined;

  constructor(file: string, path: string, base = path, proof?: ProofOfLife) {
    this.#file = file;
    this.path = path;
    this.#base = base;
    this.#proof = proof;
    this.#text = textOf(newHolder(proof?.stated));
  }

  /**
   * Takes the lock, or takes it over. An error names the file of the caller; or, with the reasons `locked` and
   * `locked-elsewhere`, the lock file of another run, which a person may have to remove.
   */
  take(): void {
    try {
      for (let round = 0; round < MOST_ROUNDS; round += 1)
        if (this.#create() || this.#takeOver()) return;
    } catch (error) {
      if (!(error instanceof FileError) || error.reason.startsWith('locked')) throw error;
      throw new FileError(error.reason, this.#file, { cause: error.cause });
    }
    throw new FileError('locked', this.path);
  }

  /** Whether the lock file is still that of this holder, as far as it can be read. */
  isCurrent(): boolean {
    try {
      return lookAt(this.path)?.text === this.#text;
    } catch (error) {
      return !isFileError(error, 'locked-elsewhere');
    }
  }

  /**
   * Returns the lock, and whether it was still that of this holder. The lock of another run is kept. Throws nothing: the
   * caller needs the result or the error of the work. The next run takes over a lock that stays.
   */
  release(): boolean {
    if (!this.isCurrent()) return false;
    remove(this.path);
    return true;
  }

  /**
   * Removes the files that killed runs left beside the lock. Only the holder of the lock may do so. Claims there are claims
   * to earlier locks, and a run whose temporary file is removed tries again.
   */
  sweep(): void {
    const folder = dirname(this.path);
    const prefix = `${basename(this.path)}.`;
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch {
      // The directory may be unreadable.
      return;
    }
    const own = this.#proof === undefined ? undefined : basename(this.#proof.path);
    for (const name of names)
      if (name.startsWith(prefix) && name !== own) remove(join(folder, name));
  }

  /** Returns `false` when the lock exists. */
  #create(): boolean {
    return this.#withText((complete) => {
      try {
        attempt(this.path, () => linkSync(complete, this.path));
      } catch (error) {
        if (hasNoLinks(error)) return this.#createPlainly();
        // `not-found`: the holder of the lock removed the temporary file of this run.
        if (isFileError(error, 'exists') || isFileError(error, 'not-found')) return false;
        throw error;
      }
      return true;
    });
  }

  /** For file systems without hard links. A run that is killed in this call leaves a lock without a holder. */
  #createPlainly(): boolean {
    try {
      write(this.path, this.#text);
      return true;
    } catch (error) {
      if (isFileError(error, 'exists')) return false;
      throw error;
    }
  }

  /** Returns `false` when another run changed the lock meanwhile. */
  #takeOver(): boolean {
    const found = lookAt(this.path);
    if (found === undefined) return false;
    const { holder, text } = found;
    if (holder === undefined) throw new FileError('locked-elsewhere', this.path);
    const state = stateOf(holder, this.path);
    if (state !== 'ended')
      throw new FileError(state === 'running' ? 'locked' : 'locked-elsewhere', this.path, {
        detail: holderInWords(holder, state),
      });
    const claim = new Lock(this.#file, `${this.#base}.${holder.nonce}`, this.#base);
    try {
      claim.take();
      // An earlier holder of the claim may have replaced the lock, or returned it.
      if (lookAt(this.path)?.text !== text) return false;
      return this.#withText((complete) => {
        attempt(this.path, () => renameSync(complete, this.path));
        return true;
      });
    } finally {
      claim.release();
    }
  }

  /** Lends the path of a complete file with the text, to link or rename it. */
  #withText(use: (complete: string) => boolean): boolean {
    const complete = `${this.#base}.${randomBytes(16).toString('hex')}`;
    try {
      write(complete, this.#text);
      return use(complete);
    } finally {
      remove(complete);
    }
  }
}

function write(path: string, text: string): void {
  const fd = attempt(path, () => openSync(path, 'wx', MODE));
  try {
    attempt(path, () => writeAll(fd, Buffer.from(text)));
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    close(fd);
  }
}

interface Found {
  readonly text: string;
  /** `undefined` when the text contains none. */
  readonly holder: LockHolder | undefined;
}

/**
 * The existing lock; `undefined` when none exists. The lock of another user may be unreadable: then its holder cannot be
 * checked, like one on another machine.
 */
function lookAt(lock: string): Found | undefined {
  let fd: number;
  try {
    fd = attempt(lock, () => openUnfollowed(lock));
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

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The next run removes it, or takes it over.
  }
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
 * Who holds the lock of a file; `undefined` without a lock, without the folder, and for a lock that names no holder.
 * Changes nothing. Throws {@link FileError} `ERR_EVOLOCK_IO_FILE` for a lock that cannot be read.
 */
export function lockStateOf(path: string): LockState | undefined {
  const holder = holderOfLockOf(path);
  if (holder === undefined) return undefined;
  const state = stateOf(holder, lockOf(path));
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
