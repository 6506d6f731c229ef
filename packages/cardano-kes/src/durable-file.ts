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
  lstatSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  type BigIntStats,
} from 'node:fs';
import { dirname } from 'node:path';
import { close } from './close.js';
import { attempt, FileError, type FileErrorReason } from './file-error.js';
import { areSame, identityOf, type FileIdentity } from './file-identity.js';
import { overwrite, TemporaryFile } from './temporary-file.js';

/** How a file is written. */
export interface DurableOptions {
  /** Whether a file of that name is replaced; when it is not, there must be none. */
  readonly replace: boolean;
  /** The file that is replaced, where no other may be. */
  readonly expected?: FileIdentity | undefined;
  /** Whether it is a secret: mode 0600, and what it replaces is overwritten. */
  readonly secret: boolean;
  /** Whether it is a counter: one that is replaced must have one name only, since numbers are taken by each of them. */
  readonly counter?: boolean | undefined;
}

const OWNER_ONLY = 0o600;
const OWNER_MAY_WRITE = 0o200n;
const OWNER = 0o700;
const EVERYBODY = 0o777;
const READABLE = 0o644;

/**
 * Writes a file, and returns when content and name are on the disk.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
 *
 * @internal
 */
export function writeDurably(path: string, text: Uint8Array, options: DurableOptions): void {
  const file = new PreparedFile(path, options);
  try {
    file.publish(text);
  } finally {
    file.close();
  }
}

/**
 * A file that is about to be written. What can stand in its way has been looked for by now: a folder that is not there, a
 * file or a link at its path, room on the disk. Nothing is at its path yet.
 *
 * @internal
 */
export class PreparedFile {
  readonly #path: string;
  readonly #temporary: TemporaryFile;
  readonly #isSecret: boolean;
  readonly #old: OldFile | undefined;
  #state: 'open' | 'given-up' | 'in-place' = 'open';
  #isReserved = false;

  /**
   * Creates the temporary file.
   *
   * @param path - Where the file is to be.
   * @param options - How it is written.
   * @param reserve - Bytes for which room is taken on the disk: for whoever cannot go back once there is a text.
   * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
   */
  constructor(path: string, options: DurableOptions, reserve = 0) {
    const { replace, secret } = options;
    this.#path = path;
    this.#isSecret = secret;
    refuseMissingFolder(path);
    if (!replace) refuseExisting(path);
    this.#temporary = new TemporaryFile(path, secret ? OWNER_ONLY : READABLE);
    try {
      if (reserve > 0) this.#temporary.complete(new Uint8Array(reserve));
      if (replace) this.#old = OldFile.open(path, options);
      if (secret) attempt(path, () => fchmodSync(this.#temporary.fd, OWNER_ONLY));
      this.#old?.giveOwnerTo(this.#temporary);
      this.#old?.giveModeTo(this.#temporary, options);
    } catch (error) {
      try {
        this.giveUp(error);
      } finally {
        this.close();
      }
      throw error;
    }
  }

  /** Whether it has its name: from then on there is a new file at the path, whatever else fails. */
  get isInPlace(): boolean {
    return this.#state === 'in-place';
  }

  /** Whether a text stands in the room that was taken. It stays when publishing fails, until it is given up. */
  get isReserved(): boolean {
    return this.#isReserved;
  }

  /**
   * Writes a text to the end of the room that was taken, and returns when it is on the disk.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
   */
  reserve(text: Uint8Array): void {
    this.#temporary.completeEnd(text);
    syncDirectory(this.#path, 'system');
    this.#isReserved = true;
  }

  /**
   * Gives it its content and its name, and returns when both are on the disk. It can be done once.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
   */
  publish(text: Uint8Array): void {
    let named: 'once' | 'twice';
    try {
      this.#temporary.complete(text);
      this.#old?.checkName();
      named =
        this.#old === undefined
          ? publishNew(this.#temporary, this.#path)
          : rename(this.#temporary, this.#path);
    } catch (error) {
      if (!this.#isReserved) this.giveUp(error);
      throw error;
    }
    this.#state = 'in-place';
    this.#settle(named);
    // Not before the new name is on the disk: after a loss of power the directory may still lead to the old content.
    if (this.#isSecret) this.#old?.erase();
  }

  /** First the new name, whatever becomes of the temporary one: that one is in nobody's way, and can be cleared up later. */
  #settle(named: 'once' | 'twice'): void {
    try {
      syncDirectory(this.#path, 'not-durable');
    } catch (error) {
      // Of two failures this one is told: what is not on the disk may be lost.
      if (named === 'twice') this.#temporary.tryToRemoveName();
      throw error;
    }
    if (named === 'twice') this.#temporary.removeName();
  }

  /**
   * Gives it up, after something failed: nothing of it is left. What has its name, or was given up, stays as it is.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, reason `left-behind`.
   */
  giveUp(error: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'given-up';
    this.#temporary.discard(error);
  }

  /** Closes what is open. */
  close(): void {
    this.#temporary.close();
    this.#old?.close();
  }
}

/**
 * Refuses a path whose folder does not exist: that the file itself does not exist would mislead.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, reason `no-folder`.
 *
 * @internal
 */
export function refuseMissingFolder(path: string): void {
  try {
    attempt(path, () => statSync(dirname(path)));
  } catch (error) {
    if (!(error instanceof FileError) || error.reason !== 'not-found') throw error;
    throw new FileError('no-folder', path, { cause: error.cause });
  }
}

/** Publishing makes sure again: this is to find it out before anything else is done. */
function refuseExisting(path: string): void {
  if (attempt(path, () => lstatSync(path, { throwIfNoEntry: false })) === undefined) return;
  throw new FileError('exists', path);
}

/** The file that is replaced: its descriptor reaches the content when the name leads elsewhere. */
class OldFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #stats: BigIntStats;

  private constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
    try {
      this.#stats = attempt(path, () => fstatSync(fd, { bigint: true }));
      if (!this.#stats.isFile()) throw new FileError('not-regular', path);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  /** Opens what is there; nothing when there is nothing, and need not be. */
  static open(path: string, options: DurableOptions): OldFile | undefined {
    const { O_RDONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
    const access = options.secret ? O_RDWR : O_RDONLY;
    let file: OldFile;
    try {
      file = new OldFile(
        path,
        attempt(path, () => openSync(path, access | O_NOFOLLOW | O_NONBLOCK)),
      );
    } catch (error) {
      if (!(error instanceof FileError) || error.reason !== 'not-found') throw error;
      if (options.expected === undefined) return undefined;
      throw new FileError('changed', path, { cause: error });
    }
    try {
      file.#check(options);
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }

  #check({ expected, secret, counter = false }: DurableOptions): void {
    if (expected !== undefined && !areSame(expected, identityOf(this.#stats)))
      throw new FileError('changed', this.#path);
    if ((this.#stats.mode & OWNER_MAY_WRITE) === 0n) throw new FileError('read-only', this.#path);
    if (this.#stats.nlink <= 1n) return;
    if (secret) throw new FileError('several-names', this.#path);
    if (counter) throw new FileError('several-counters', this.#path);
  }

  /** Makes sure that its name still leads to it: another file that has taken the name would be lost with it. */
  checkName(): void {
    const found = attempt(this.#path, () =>
      lstatSync(this.#path, { bigint: true, throwIfNoEntry: false }),
    );
    if (found?.dev !== this.#stats.dev || found.ino !== this.#stats.ino)
      throw new FileError('changed', this.#path);
  }

  /** A key that root evolves still belongs to the user whose node reads it. */
  giveOwnerTo(temporary: TemporaryFile): void {
    const [uid, gid] = [Number(this.#stats.uid), Number(this.#stats.gid)];
    attempt(this.#path, () => {
      const made = fstatSync(temporary.fd);
      if (made.uid === uid && made.gid === gid) return;
      fchownSync(temporary.fd, uid, gid);
      fsyncSync(temporary.fd);
    });
  }

  /** Keeps the mode. A secret that replaces another file than the one that was read is never opened to others by it. */
  giveModeTo(temporary: TemporaryFile, { secret, expected }: DurableOptions): void {
    const kept = secret && expected === undefined ? OWNER : EVERYBODY;
    const mode = Number(this.#stats.mode) & kept;
    attempt(this.#path, () => {
      if ((fstatSync(temporary.fd).mode & EVERYBODY) === mode) return;
      fchmodSync(temporary.fd, mode);
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
function syncDirectory(path: string, reason: FileErrorReason): void {
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
    reason,
  );
}
