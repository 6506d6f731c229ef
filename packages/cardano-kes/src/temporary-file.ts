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
import { close } from './close.js';
import { attempt, FileError } from './file-error.js';

const SUFFIX = '.evolock-new';
const RANDOM_SIZE = 6;

/** Random, so that two runs that do not know of each other never write to the same. */
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
   * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
   */
  constructor(target: string, mode: number) {
    this.#target = target;
    this.path = nameBeside(target);
    this.fd = attempt(target, () => openSync(this.path, 'wx', mode));
  }

  /** Writes all of the text to the disk, in the place of what was written before. */
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
   * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, reason `second-name`.
   */
  removeName(): void {
    attempt(this.#target, () => unlinkSync(this.path), 'second-name');
  }

  /** The same for who has a failure to tell already. */
  tryToRemoveName(): void {
    try {
      this.removeName();
    } catch {
      // What comes next clears up beside the file.
    }
  }

  /** Closes it. */
  close(): void {
    close(this.fd);
  }

  /**
   * Removes it after a failure, and overwrites it.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, reason `left-behind`, with both errors in its `cause`.
   */
  discard(error: unknown): void {
    try {
      unlinkSync(this.path);
      // Where a renaming was reported to have failed and had not, the content has another name: it is left alone.
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

/**
 * Overwrites a file with zeros, as it is on the disk as far as the file system goes along.
 *
 * @internal
 */
export function overwrite(fd: number): void {
  writeAll(fd, new Uint8Array(fstatSync(fd).size));
  fsyncSync(fd);
}

/**
 * The temporary files that runs which were killed left beside a file: each may hold a whole key. What another run is
 * just writing is among them, so whoever erases them has to exclude other runs.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
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
