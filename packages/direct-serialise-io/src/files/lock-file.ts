/**
 * A lock file beside a file gives the right to change the file.
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
import { checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import {
  beginRun,
  endRun,
  isInUse,
  lendWithin,
  type Scratch,
} from '@evolock/mlocked-bytes/unsound';
import { FileError } from '../errors.js';
import {
  holderIn,
  holderInWords,
  newHolder,
  stateOf,
  textOf,
  type LockHolder,
} from './lock-holder.js';
import { attempt, checkPath, close, hasNoLinks, isFileError } from './system.js';

/** Attempts to take a lock. An attempt fails without an error when another run takes or returns the lock meanwhile. */
const MOST_ROUNDS = 100;
const LARGEST_LOCK = 4096;
const MODE = 0o644;

/**
 * The locks that this thread holds, so that work under a lock can take the same lock again. Each belongs to a run, like
 * scratch memory: a time limit of `node:vm` or Ctrl-C in the REPL ends the work without its `finally`, and the next operation
 * returns the lock of the abandoned run.
 */
const held = new Map<string, Scratch>();

/**
 * Runs a function while no other run changes the same file: a run of any process, container or machine with access to the
 * directory. The lock is the file `.NAME.evolock-lock` beside the file, created exclusively. The function may take the same
 * lock again, as each write of this package does.
 *
 * A stale lock is taken over when its holder was a process of this machine, since its last start, and of this process id
 * namespace. The locks of other machines and containers are never taken over, since two runs could do so at once. The error
 * then states what to do.
 *
 * @param path - The file to change: text or a `file:` URL. Its directory has to exist.
 * @param work - A synchronous function.
 * @returns The result of the function.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `locked`, `locked-elsewhere` or `lock-lost` with the path of the
 * lock file; other reasons with the path of the file.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, also when the function returns a promise.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { existsSync } from 'node:fs';
 * import { withLockFile } from '@evolock/direct-serialise-io';
 *
 * withLockFile('key', () => assert(existsSync('.key.evolock-lock')));
 * assert(!existsSync('.key.evolock-lock'));
 * ```
 */
export function withLockFile<Result>(path: string | URL, work: () => Result): Result {
  const file = checkPath(path);
  checkFunction('work', work);
  const lock = lockOf(file);
  const holding = held.get(lock);
  const isHeld = holding !== undefined && isInUse(holding);
  return isHeld ? synchronous(work()) : withLock(file, lock, () => synchronous(work()));
}

function lockOf(file: string): string {
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

/** The lock is returned when the function returns, so a promise would continue without it. */
function synchronous<Result>(result: Result): Result {
  if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function')
    throw wrongType('work', 'a function that returns no promise', result);
  return result;
}

function withLock<Result>(file: string, lock: string, work: () => Result): Result {
  const text = textOf(newHolder());
  let isOurs = true;
  const holding: Scratch = {
    wipe: () => {
      held.delete(lock);
      isOurs = giveBack(lock, text);
    },
  };
  const result = inRun(holding, () => {
    takeFor(file, lock, text);
    held.set(lock, holding);
    sweep(lock);
    return work();
  });
  if (!isOurs) throw new FileError('lock-lost', lock);
  return result;
}

/** Calls `use`, then `wipe`. When `use` is ended from outside, the next operation calls `wipe`. */
function inRun<Result>(scratch: Scratch, use: () => Result): Result {
  const run = beginRun(scratch);
  let result: Result | undefined;
  try {
    lendWithin(run, () => {
      result = use();
    });
  } finally {
    endRun(run, true);
  }
  return result as Result;
}

/** @returns Whether the lock was still that of this run. The lock of another run is kept. */
function giveBack(lock: string, text: string): boolean {
  try {
    if (lookAt(lock)?.text !== text) return false;
    unlinkSync(lock);
  } catch {
    // The caller needs the result or the error of the work. The next run takes over this stale lock.
  }
  return true;
}

/** Names the file of the caller in an error; or the lock file of another run, which a person may have to remove. */
function takeFor(path: string, lock: string, text: string): void {
  try {
    take(lock, lock, text);
  } catch (error) {
    if (!(error instanceof FileError) || error.reason.startsWith('locked')) throw error;
    throw new FileError(error.reason, path, { cause: error.cause });
  }
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
  return inRun({ wipe: () => void giveBack(claim, claimText) }, () => {
    take(claim, base, claimText);
    // An earlier holder of the claim may have replaced the lock, or returned it.
    if (lookAt(lock)?.text !== stale.text) return false;
    return withText(base, text, (complete) => {
      attempt(lock, () => renameSync(complete, lock));
      return true;
    });
  });
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

/** The existing lock; `undefined` when none exists. */
function lookAt(lock: string): Found | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    fd = attempt(lock, () => openSync(lock, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  } catch (error) {
    if (isFileError(error, 'not-found')) return undefined;
    throw error;
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
    // The next run removes it.
  }
}
