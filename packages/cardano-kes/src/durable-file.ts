/**
 * Files that are there whole or not at all, whenever the process or the machine stops: the new content is completed
 * under another name, and takes the name of the file in one step.
 */
import {
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { close } from './close.js';
import { attempt, FileError } from './file-error.js';
import { overwrite, TemporaryFile } from './temporary-file.js';

/** How a file is written. */
export interface DurableOptions {
  /** Whether a file of that name is replaced; when it is not, there must be none. */
  readonly replace: boolean;
  /** Whether it is a secret: mode 0600, and what it replaces is overwritten. */
  readonly secret: boolean;
}

const OWNER_ONLY = 0o600;
const READABLE = 0o644;

/**
 * Writes a file, and returns when content and name are on the disk.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
 *
 * @internal
 */
export function writeDurably(path: string, text: Uint8Array, options: DurableOptions): void {
  const temporary = new TemporaryFile(path, options.secret ? OWNER_ONLY : READABLE);
  let old: OldFile | undefined;
  try {
    let named: 'once' | 'twice';
    try {
      temporary.complete(text);
      if (options.replace) old = OldFile.open(path, options.secret);
      if (options.secret) attempt(path, () => fchmodSync(temporary.fd, OWNER_ONLY));
      old?.giveOwnerTo(temporary);
      named = old === undefined ? publishNew(temporary, path) : rename(temporary, path);
    } catch (error) {
      temporary.discard(error);
      throw error;
    }
    if (named === 'twice') temporary.removeName();
    syncDirectory(path);
    // Not before the new name is on the disk: after a loss of power the directory may still lead to the old content.
    if (options.secret) old?.erase();
  } finally {
    temporary.close();
    old?.close();
  }
}

/** The file that is replaced: its descriptor reaches the content when the name leads elsewhere. */
class OldFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #stats: Stats;

  private constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
    try {
      this.#stats = attempt(path, () => fstatSync(fd));
      if (!this.#stats.isFile()) throw new FileError('not-regular', path);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  /** Opens what is there; nothing when there is nothing. */
  static open(path: string, toErase: boolean): OldFile | undefined {
    const { O_RDONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
    const access = toErase ? O_RDWR : O_RDONLY;
    try {
      return new OldFile(
        path,
        attempt(path, () => openSync(path, access | O_NOFOLLOW | O_NONBLOCK)),
      );
    } catch (error) {
      if (error instanceof FileError && error.reason === 'not-found') return undefined;
      throw error;
    }
  }

  /** A key that root evolves still belongs to the user whose node reads it. */
  giveOwnerTo(temporary: TemporaryFile): void {
    const { uid, gid } = this.#stats;
    attempt(this.#path, () => {
      const made = fstatSync(temporary.fd);
      if (made.uid === uid && made.gid === gid) return;
      fchownSync(temporary.fd, uid, gid);
      fsyncSync(temporary.fd);
    });
  }

  erase(): void {
    attempt(this.#path, () => overwrite(this.#fd), 'old-not-erased');
  }

  close(): void {
    close(this.#fd);
  }
}

function rename(temporary: TemporaryFile, path: string): 'once' {
  attempt(path, () => renameSync(temporary.path, path));
  return 'once';
}

/** File systems that know no second names, as those of memory sticks. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Whether an error says that the file system knows no second names.
 *
 * @internal
 */
export function hasNoLinks(error: unknown): boolean {
  return error instanceof FileError && withoutLinks.has(error.systemCode ?? '');
}

/** A second name fails where there is a file already; renaming would silently replace it. */
function publishNew(temporary: TemporaryFile, path: string): 'once' | 'twice' {
  try {
    attempt(path, () => linkSync(temporary.path, path));
    return 'twice';
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
  }
  // An empty file takes the name, which fails where there is one, and is replaced at once.
  close(attempt(path, () => openSync(path, 'wx', OWNER_ONLY)));
  try {
    return rename(temporary, path);
  } catch (error) {
    attempt(path, () => unlinkSync(path), 'left-behind');
    throw error;
  }
}

/** A file's name is on the disk when its directory is. Windows cannot open one. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  attempt(
    path,
    () => {
      const fd = openSync(dirname(path), 'r');
      try {
        fsyncSync(fd);
      } finally {
        close(fd);
      }
    },
    'not-durable',
  );
}
