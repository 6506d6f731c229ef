/** A temporary file beside a file, which gets the new content before it gets the name. */
import { randomBytes } from 'node:crypto';
import { fstatSync, ftruncateSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FileError } from '../errors.js';
import { runBlocking, type Steps } from './flush.js';
import { attempt, attemptSteps, close } from './calls.js';

/** Reading and writing, for the owner. */
export const OWNER_ONLY = 0o600;

const SUFFIX = '.evolock-new';
const RANDOM_SIZE = 6;

/** A random name, so that two runs never write to the same file. */
export function nameBeside(path: string): string {
  const random = randomBytes(RANDOM_SIZE).toString('hex');
  return join(dirname(path), `.${basename(path)}.${random}${SUFFIX}`);
}

/** An open temporary file. */
export class TemporaryFile {
  /** Its path until it is renamed. */
  readonly path: string;
  readonly fd: number;
  readonly #target: string;
  #size = 0;

  /** Creates it beside the target. */
  constructor(target: string, mode: number) {
    this.#target = target;
    this.path = nameBeside(target);
    this.fd = attempt(target, () => openSync(this.path, 'wx', mode));
  }

  /** Writes the whole text to the disk, in place of the earlier content. */
  complete(text: Uint8Array): Steps {
    return attemptSteps(this.#target, this.#completing(text));
  }

  *#completing(text: Uint8Array): Steps {
    writeAll(this.fd, text);
    if (this.#size > text.byteLength) {
      // The bytes after the text are needed until the text is on the disk.
      yield this.fd;
      ftruncateSync(this.fd, text.byteLength);
    }
    this.#size = text.byteLength;
    yield this.fd;
  }

  /** Removes its name, after the content got another name, or throws with the reason `second-name`. */
  removeName(): void {
    attempt(this.#target, () => unlinkSync(this.path), 'second-name');
  }

  /** Calls {@link removeName}, and drops a failure: the caller reports another one. */
  tryToRemoveName(): void {
    try {
      this.removeName();
    } catch {
      // The next run removes it.
    }
  }

  /** Closes it. */
  close(): void {
    close(this.fd);
  }

  /** Removes and overwrites it after a failure, or throws with the reason `left-behind` and both errors in its `cause`. */
  discard(error: unknown): void {
    try {
      unlinkSync(this.path);
      // A rename that reported a failure may have succeeded. Then the content has another name, and is kept.
      if (fstatSync(this.fd).nlink === 0) runBlocking(overwrite(this.fd));
    } catch (failure) {
      const cause = new AggregateError(
        [error, failure],
        'the failure, and the failure of the cleanup',
      );
      throw new FileError('left-behind', this.#target, { cause });
    }
  }
}

/** Writes all bytes at the beginning of a file. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.byteLength) {
    done += writeSync(fd, bytes, done, bytes.byteLength - done, done);
  }
}

/** Overwrites a file with zeros on the disk, if the file system writes in place. */
export function* overwrite(fd: number): Steps {
  writeAll(fd, new Uint8Array(fstatSync(fd).size));
  yield fd;
}

/**
 * The temporary files that killed runs left beside a file. Each may contain a whole key. The list includes the file that
 * another run is writing, so a caller that erases them must hold the lock.
 */
export function temporaryFilesOf(path: string): string[] {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  const length = prefix.length + 2 * RANDOM_SIZE + SUFFIX.length;
  return attempt(path, () => readdirSync(folder))
    .filter((name) => name.startsWith(prefix) && name.endsWith(SUFFIX) && name.length === length)
    .map((name) => join(folder, name))
    .sort();
}
