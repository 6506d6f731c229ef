/**
 * A file beside a file, which stands for the right to change it.
 *
 * It is never there without the name of its holder: it is completed under a name of its own, and gets its own by a link,
 * which fails where there is one. A lock whose holder is known to be gone is replaced, and never removed, since who
 * removes what he saw a moment ago may remove what another has put there since. Only who holds the claim to that very
 * lock may replace it: a lock too, with the nonce of the stale one in its name. A nonce never comes again, so whoever
 * gets the claim and still finds the same lock is alone with it. A claim that a killed run left is taken over likewise.
 */
import { randomBytes } from 'node:crypto';
import {
  constants,
  linkSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { close } from './close.js';
import { hasNoLinks } from './durable-file.js';
import { attempt, FileError } from './file-error.js';
import { holderIn, isGone, newHolder, textOf, type LockHolder } from './lock-holder.js';

/** Others come and go between two looks: each round that finds nothing to do is one that they made use of. */
const MOST_ROUNDS = 100;
const LARGEST_LOCK = 4096;
const MODE = 0o644;

/**
 * Does something while no other run does it to the same file. What a killed run of this machine left is taken over. Of
 * other machines, of other containers and of a text of another kind nothing is guessed, because two guesses at once would
 * be two rights; the error says what to do.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, reason `locked`, with the path of the lock file; of any other
 * reason with the path of the file itself.
 *
 * @internal
 */
export function withLockFile<Result>(path: string, work: () => Result): Result {
  const lock = join(dirname(path), `.${basename(path)}.evolock-lock`);
  takeFor(path, lock);
  try {
    sweep(lock);
    return work();
  } finally {
    remove(lock);
  }
}

/** Whose lock file cannot be made has heard of his own file only. The one that is in the way he has to find. */
function takeFor(path: string, lock: string): void {
  try {
    take(lock, lock);
  } catch (error) {
    if (!(error instanceof FileError) || error.reason === 'locked') throw error;
    throw new FileError(error.reason, path, { cause: error.cause });
  }
}

/** Takes a lock, or a claim to one: what lies beside it begins with the name of the `base`. */
function take(lock: string, base: string): void {
  const text = textOf(newHolder());
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (create(lock, base, text)) return;
    const found = lookAt(lock);
    // Given back meanwhile.
    if (found === undefined) continue;
    if (found.holder === undefined || !isGone(found.holder)) break;
    if (takeOver(lock, base, found as Stale, text)) return;
  }
  throw new FileError('locked', lock);
}

interface Found {
  readonly text: string;
  /** Nothing when the text does not say. */
  readonly holder: LockHolder | undefined;
}

interface Stale extends Found {
  readonly holder: LockHolder;
}

function takeOver(lock: string, base: string, stale: Stale, text: string): boolean {
  const claim = `${base}.${stale.holder.nonce}`;
  take(claim, base);
  try {
    // Who had the claim before may have done it, and even have given the lock back.
    if (lookAt(lock)?.text !== stale.text) return false;
    return withText(base, text, (complete) => {
      attempt(lock, () => renameSync(complete, lock));
      return true;
    });
  } finally {
    remove(claim);
  }
}

/** Puts a lock where there is none; false where there is one. */
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

/** Where files have one name only. A run that is killed right here leaves a lock that says nothing, for the operator. */
function createPlainly(lock: string, text: string): boolean {
  try {
    write(lock, text);
    return true;
  } catch (error) {
    if (isFileError(error, 'exists')) return false;
    throw error;
  }
}

/** Lends a complete file with that text, which then may have another name. */
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

/** What is there; nothing when nothing is. */
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
 * Removes what killed runs left beside the lock, for who holds it: their claims are of locks that are gone, and who is
 * just completing a file there finds that it has to begin again.
 */
function sweep(lock: string): void {
  const prefix = `${basename(lock)}.`;
  let names: string[];
  try {
    names = readdirSync(dirname(lock));
  } catch {
    // Whoever may not look there still may do the work.
    return;
  }
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    remove(join(dirname(lock), name));
  }
}

function isFileError(error: unknown, reason: FileError['reason']): boolean {
  return error instanceof FileError && error.reason === reason;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The work is done or has failed, which is what the caller has to know. The next run finds what is left.
  }
}
