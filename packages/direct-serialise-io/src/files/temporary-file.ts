/**
 * The file beside a file, in which its new content is completed before it takes its name.
 */
import { randomBytes } from 'node:crypto';
import {
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { attempt, close, FileError } from './file-error.js';

const SUFFIX = '.evolock-new';
const RANDOM_SIZE = 6;

/** Random: two runs that do not know of each other never write to the same file. */
function nameBeside(path: string): string {
  const random = randomBytes(RANDOM_SIZE).toString('hex');
  return join(dirname(path), `.${basename(path)}.${random}${SUFFIX}`);
}

/**
 * A temporary file that is open.
 *
 * @internal
 */
export class TemporaryFile {
  /** Where it lies until it is renamed. */
  readonly path: string;
  /** Its descriptor. */
  readonly fd: number;
  readonly #target: string;
  #size = 0;

  /**
   * Creates one beside the file that it is for.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
   */
  constructor(target: string, mode: number) {
    this.#target = target;
    this.path = nameBeside(target);
    this.fd = attempt(target, () => openSync(this.path, 'wx', mode));
  }

  /** Writes the whole text to the disk, in the place of what was written before. */
  complete(text: Uint8Array): void {
    attempt(this.#target, () => {
      writeAll(this.fd, text);
      if (this.#size > text.byteLength) {
        // What stands behind it is of use until the text is on the disk.
        fsyncSync(this.fd);
        ftruncateSync(this.fd, text.byteLength);
      }
      this.#size = text.byteLength;
      fsyncSync(this.fd);
    });
  }

  /** Writes a text to the disk in the last bytes of what was written before. */
  completeEnd(text: Uint8Array): void {
    attempt(this.#target, () => {
      writeAll(this.fd, text, this.#size - text.byteLength);
      fsyncSync(this.fd);
    });
  }

  /**
   * Removes its name, after the content has got another.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `second-name`.
   */
  removeName(): void {
    attempt(this.#target, () => unlinkSync(this.path), 'second-name');
  }

  /** The same, for a caller that reports another failure. */
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

  /**
   * Removes it after a failure, and overwrites it.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `left-behind`, with both errors in its `cause`.
   */
  discard(error: unknown): void {
    try {
      unlinkSync(this.path);
      // If renaming was reported to have failed and had not, the content has another name: it is left alone.
      if (fstatSync(this.fd).nlink === 0) overwrite(this.fd);
    } catch (failure) {
      const cause = new AggregateError([error, failure], 'what failed, and then the clearing up');
      throw new FileError('left-behind', this.#target, { cause });
    }
  }
}

function writeAll(fd: number, bytes: Uint8Array, position = 0): void {
  let done = 0;
  while (done < bytes.byteLength) {
    done += writeSync(fd, bytes, done, bytes.byteLength - done, position + done);
  }
}

/** Errors of file systems that have no hard links, as those of memory sticks. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Whether an error says that the file system has no hard links.
 *
 * @internal
 */
export function hasNoLinks(error: unknown): boolean {
  return error instanceof FileError && withoutLinks.has(error.systemCode ?? '');
}

/**
 * Overwrites a file with zeros, on the disk as far as the file system writes in place.
 *
 * @internal
 */
export function overwrite(fd: number): void {
  writeAll(fd, new Uint8Array(fstatSync(fd).size));
  fsyncSync(fd);
}

/**
 * The temporary files beside a file that killed runs left: each may hold a whole key. The file that another run is writing
 * is among them, so a caller that erases them has to hold the lock.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 *
 * @internal
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
