/**
 * A file beside a file, which stands for the right to change it.
 *
 * It never exists without the name of its holder: it is completed under a name of its own, and gets its name by a link,
 * which fails when a file of that name exists. A lock whose holder has ended is replaced, and never removed: between a look
 * at it and the removal another run may have put its lock there. Only the holder of the claim to that very lock may replace
 * it. The claim is a lock too, with the nonce of the stale lock in its name. A nonce never comes again, so a run that has the
 * claim and still finds the same lock is alone with it. A claim that a killed run left is taken over in the same way.
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
import { attempt, close, FileError, isFileError } from './file-error.js';
import {
  holderIn,
  holderInWords,
  newHolder,
  stateOf,
  textOf,
  type LockHolder,
} from './lock-holder.js';
import { checkPath } from './path.js';
import { hasNoLinks } from './temporary-file.js';

/** Other runs come and go between two looks. In each round that changes nothing another run took or gave back the lock. */
const MOST_ROUNDS = 100;
const LARGEST_LOCK = 4096;
const MODE = 0o644;

/**
 * The locks that this thread holds: what is done under a lock may ask for the same lock. Each belongs to a run, as scratch
 * memory does: a time limit of `node:vm` or Ctrl-C in the REPL ends the work without its `finally`, and the lock is given
 * back when the run is found abandoned.
 */
const held = new Map<string, Scratch>();

/**
 * Does something while no other run does anything to the same file: a run of any process, container or machine that sees
 * the same directory. The lock is the file `.NAME.evolock-lock` beside it, created exclusively; no link is followed and
 * nothing is truncated. The work may take the same lock again, and everything that this package writes does so.
 *
 * A lock whose holder has ended is taken over, if that can be known: the holder ran on this machine, since its last start,
 * and in this process id namespace. Of other machines and containers nothing is guessed, because two guesses at once would
 * be two rights. The error then says what to do.
 *
 * @param path - The file that is to be changed: text or a `file:` URL. Its directory has to exist.
 * @param work - What to do: synchronous.
 * @returns What the work returns.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `locked`, `locked-elsewhere` or `lock-lost` with the path of the
 * lock file; other reasons, `no-folder` among them, with the path of the file itself.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, also when the work returns a promise.
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

/** An error that the file does not exist would mislead. */
function folderOf(file: string): string {
  try {
    return attempt(file, () => realpathSync(dirname(resolve(file))));
  } catch (error) {
    if (!isFileError(error, 'not-found')) throw error;
    throw new FileError('no-folder', file, { cause: error.cause });
  }
}

/** The lock is given back when the work returns: a promise would go on without it. */
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

/** Calls `use`, then `wipe`. Where `use` is ended from outside, the next operation calls `wipe`. */
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

/** @returns Whether the lock was still this run's. The lock of another run is left alone. */
function giveBack(lock: string, text: string): boolean {
  try {
    if (lookAt(lock)?.text !== text) return false;
    unlinkSync(lock);
  } catch {
    // The work is done or has failed, which the caller has to know. The next run finds the lock, and that its holder ended.
  }
  return true;
}

/** An error names the file that the caller named, except for a lock that is in the way: its path is needed to remove it. */
function takeFor(path: string, lock: string, text: string): void {
  try {
    take(lock, lock, text);
  } catch (error) {
    if (!(error instanceof FileError) || error.reason.startsWith('locked')) throw error;
    throw new FileError(error.reason, path, { cause: error.cause });
  }
}

/** Takes a lock, or a claim to one, with a text: the names of the files beside it begin with the `base`. */
function take(lock: string, base: string, text: string): void {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (create(lock, base, text)) return;
    const found = lookAt(lock);
    // Given back in the meantime.
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
  /** `undefined` when the text does not name one. */
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
    // The holder of the claim before may have replaced the lock, and even have given it back.
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
      // `not-found`: the holder of the lock swept up what is completed here.
      if (isFileError(error, 'exists') || isFileError(error, 'not-found')) return false;
      throw error;
    }
  });
}

/** Without hard links. A run that is killed during this call leaves a lock without a holder, which a person has to remove. */
function createPlainly(lock: string, text: string): boolean {
  try {
    write(lock, text);
    return true;
  } catch (error) {
    if (isFileError(error, 'exists')) return false;
    throw error;
  }
}

/** Lends the path of a complete file with that text, to be linked or renamed. */
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

/** The lock that exists; `undefined` when there is none. */
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
 * Removes what killed runs left beside the lock. Only the holder of the lock may do so: these claims are of locks that are
 * gone, and a run that is completing a file there begins again.
 */
function sweep(lock: string): void {
  const prefix = `${basename(lock)}.`;
  let names: string[];
  try {
    names = readdirSync(dirname(lock));
  } catch {
    // The directory may be unreadable, and the file in it writable.
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
    // The next run finds and removes it.
  }
}
