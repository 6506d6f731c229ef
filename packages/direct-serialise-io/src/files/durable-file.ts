/**
 * Writes files that are complete at each moment at which the process or the machine stops: the new content is completed
 * under another name, and gets the name of the file in one step.
 */
import {
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  type BigIntStats,
} from 'node:fs';
import { MLockedBytes, type AllocationOptions } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { FileError } from '../errors.js';
import { flushFolderOf, refuseUnflushable, runBlocking, type Steps } from '../system/flush.js';
import { areSame, identityOf, type Replaced } from '../system/identity.js';
import { eraseLeftover, leftoversOf, removeLeftovers } from './erasing.js';
import { withLockFile } from '../locks/lock-file.js';
import {
  attempt,
  attemptSteps,
  close,
  hasNoLinks,
  isFileError,
  openUnfollowed,
  readInto,
} from '../system/calls.js';
import { nameBeside, overwrite, OWNER_ONLY, TemporaryFile } from '../system/temporary-file.js';

/** How a file is written. */
export interface DurableOptions extends Partial<Replaced>, AllocationOptions {
  /** Whether the content is secret: mode 0600, the old content is overwritten, and reading again uses locked memory. */
  readonly secret: boolean;
  /** Whether the owner cannot write to the file either: mode 0400 from its birth. Only for a secret that replaces no file. */
  readonly readOnly?: boolean | undefined;
  /** Whether the file is a counter. A replaced counter must have one name, since another name would keep the old number. */
  readonly counter?: boolean | undefined;
}

const OWNER_MAY_READ = 0o400;
const OWNER_MAY_WRITE = 0o200n;
const OWNER = 0o700;
const EVERYBODY = 0o777;
const READABLE = 0o644;

/**
 * Writes a file under its lock, and returns when content and name are on the disk. First erases the unfinished files that
 * killed runs left beside it, or removes them when the content is no secret.
 */
export function writeDurably(path: string, text: Uint8Array, options: DurableOptions): void {
  withLockFile(path, () => writeUnderLock(path, text, options));
}

/** {@link writeDurably} for a caller that has a lock under which the file is written. */
export function writeUnderLock(path: string, text: Uint8Array, options: DurableOptions): void {
  if (options.secret) for (const each of leftoversOf(path)) eraseLeftover(each);
  else removeLeftovers(path);
  const file = new PreparedFile(path, options);
  try {
    file.publish(text);
  } finally {
    file.close();
  }
}

/**
 * A file that the holder of its lock will write. The constructor checks what can prevent this: a file or a link at the path,
 * and room on the disk. It does not change the path.
 */
export class PreparedFile {
  readonly #path: string;
  readonly #temporary: TemporaryFile;
  readonly #isSecret: boolean;
  readonly #allocation: AllocationOptions;
  readonly #old: OldFile | undefined;
  #state: 'open' | 'given-up' | 'in-place' = 'open';

  /** Creates the temporary file. `reserve` is the room to allocate on the disk, in bytes. */
  constructor(path: string, options: DurableOptions, reserve = 0) {
    const { replace = false, secret, readOnly = false, allocator } = options;
    this.#path = path;
    this.#isSecret = secret;
    this.#allocation = { allocator };
    refuseUnflushable(path);
    if (!replace) refuseExisting(path);
    const ownerMode = readOnly ? OWNER_MAY_READ : OWNER_ONLY;
    this.#temporary = new TemporaryFile(path, secret ? ownerMode : READABLE);
    try {
      if (reserve > 0) runBlocking(this.#temporary.complete(new Uint8Array(reserve)));
      if (replace) this.#old = OldFile.open(path, options);
      if (secret) attempt(path, () => fchmodSync(this.#temporary.fd, ownerMode));
      this.#old?.giveOwnerTo(this.#temporary);
      this.#old?.giveModeTo(this.#temporary, options);
    } catch (error) {
      try {
        this.discard(error);
      } finally {
        this.close();
      }
      throw error;
    }
  }

  /** Whether the new file has its name. Later failures do not change this. */
  get isInPlace(): boolean {
    return this.#state === 'in-place';
  }

  /**
   * Writes the content, gives the file its name, and returns when both are on the disk and the file was read again. Call it
   * once.
   */
  publish(text: Uint8Array): void {
    runBlocking(this.publishing(text));
  }

  /** The steps of {@link publish}. The text has to stay until their end. */
  *publishing(text: Uint8Array): Steps {
    // Allocates first, so that a lack of locked memory cannot fail the steps after the file has its name.
    const memory = this.#memoryFor(text.byteLength + 1);
    try {
      yield* this.#settle(yield* this.#name(text));
      // Only when the new name is on the disk: after a loss of power the directory may lead to the old content.
      if (this.#isSecret && this.#old !== undefined) yield* this.#old.erase();
      this.#confirm(text, memory instanceof MLockedBytes ? unsoundMemory(memory) : memory);
    } finally {
      if (memory instanceof MLockedBytes) memory.release();
    }
  }

  #memoryFor(size: number): MLockedBytes | Uint8Array {
    if (!this.#isSecret) return new Uint8Array(size);
    try {
      return MLockedBytes.newZeroed(size, this.#allocation);
    } catch (error) {
      this.discard(error);
      throw error;
    }
  }

  *#name(text: Uint8Array): Steps<'once' | 'twice'> {
    let named: 'once' | 'twice';
    try {
      yield* this.#temporary.complete(text);
      this.#old?.checkName();
      if (this.#isSecret) this.#old?.keepName();
      named =
        this.#old === undefined
          ? publishNew(this.#temporary, this.#path)
          : rename(this.#temporary, this.#path);
    } catch (error) {
      this.discard(error);
      throw error;
    }
    this.#state = 'in-place';
    return named;
  }

  /** Reads the file again by its path, since another program may have replaced it. */
  #confirm(text: Uint8Array, memory: Uint8Array): void {
    const size = attempt(this.#path, () => readAgain(this.#path, memory), 'not-confirmed');
    if (Buffer.compare(memory.subarray(0, size), text) !== 0)
      throw new FileError('not-confirmed', this.#path);
  }

  /** Flushes the new name first. The next run removes a temporary name that stays. */
  *#settle(named: 'once' | 'twice'): Steps {
    try {
      yield* attemptSteps(this.#path, flushFolderOf(this.#path), 'not-durable');
    } catch (error) {
      // Reports this failure and drops a second one, since an unflushed name may be lost.
      if (named === 'twice') this.#temporary.tryToRemoveName();
      throw error;
    }
    if (named === 'twice') this.#temporary.removeName();
  }

  /**
   * Erases the temporary file after a failure, or throws with the reason `left-behind`. Does nothing when the file has its
   * name, and when called again.
   */
  discard(error: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'given-up';
    this.#old?.dropName();
    this.#temporary.discard(error);
  }

  /** Closes the descriptors. */
  close(): void {
    this.#temporary.close();
    this.#old?.close();
  }
}

/** An early check. `publish` checks again. */
function refuseExisting(path: string): void {
  if (attempt(path, () => lstatSync(path, { throwIfNoEntry: false })) === undefined) return;
  throw new FileError('exists', path);
}

/** The file to replace. Its descriptor refers to the content, also when the name leads to another file. */
class OldFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #stats: BigIntStats;
  /** The name of an unfinished file that the old content keeps until it is overwritten, so that the next run finds it. */
  readonly #keptName: string;
  #isKept = false;

  private constructor(path: string, fd: number, options: DurableOptions) {
    this.#path = path;
    this.#keptName = nameBeside(path);
    this.#fd = fd;
    try {
      this.#stats = attempt(path, () => fstatSync(fd, { bigint: true }));
      this.#check(options);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  /** Opens the existing file. Returns `undefined` when none exists and none is expected. */
  static open(path: string, options: DurableOptions): OldFile | undefined {
    const access = options.secret ? constants.O_RDWR : constants.O_RDONLY;
    let fd: number;
    try {
      fd = attempt(path, () => openUnfollowed(path, access));
    } catch (error) {
      if (!isFileError(error, 'not-found')) throw error;
      if (options.expected === undefined) return undefined;
      throw new FileError('changed', path, { cause: error });
    }
    return new OldFile(path, fd, options);
  }

  #check({ expected, secret, counter = false }: DurableOptions): void {
    if (!this.#stats.isFile()) throw new FileError('not-regular', this.#path);
    if (expected !== undefined && !areSame(expected, identityOf(this.#stats)))
      throw new FileError('changed', this.#path);
    if ((this.#stats.mode & OWNER_MAY_WRITE) === 0n) throw new FileError('read-only', this.#path);
    if (this.#stats.nlink <= 1n) return;
    if (secret) throw new FileError('several-names', this.#path);
    if (counter) throw new FileError('several-counters', this.#path);
  }

  /** Checks that the name still leads to this file: replacing another file would lose that file. */
  checkName(): void {
    const found = attempt(this.#path, () =>
      lstatSync(this.#path, { bigint: true, throwIfNoEntry: false }),
    );
    if (found?.dev !== this.#stats.dev || found.ino !== this.#stats.ino)
      throw new FileError('changed', this.#path);
  }

  /**
   * Keeps the owner, so that root can replace the key of a user. A user who is not in the group of its file, as after a chown by
   * root, gives it another one, when the group has no right that others do not have.
   */
  giveOwnerTo(temporary: TemporaryFile): void {
    const uid = Number(this.#stats.uid);
    const gid = Number(this.#stats.gid);
    const mode = Number(this.#stats.mode);
    attempt(this.#path, () => {
      const made = fstatSync(temporary.fd);
      if (made.uid === uid && made.gid === gid) return;
      try {
        fchownSync(temporary.fd, uid, gid);
      } catch (error) {
        const isGroupLikeOthers = ((mode >> 3) & 7) === (mode & 7);
        if (made.uid !== uid || !isGroupLikeOthers) throw error;
      }
    });
  }

  /** Keeps the mode. A secret without an expected file gets no access for group and others. */
  giveModeTo(temporary: TemporaryFile, { secret, expected }: DurableOptions): void {
    const kept = secret && expected === undefined ? OWNER : EVERYBODY;
    const mode = Number(this.#stats.mode) & kept;
    attempt(this.#path, () => {
      if ((fstatSync(temporary.fd).mode & EVERYBODY) === mode) return;
      fchmodSync(temporary.fd, mode);
    });
  }

  /** Gives the content a second name. A file system without hard links loses a content whose process is killed. */
  keepName(): void {
    try {
      attempt(this.#path, () => linkSync(this.#path, this.#keptName));
      this.#isKept = true;
    } catch (error) {
      if (!hasNoLinks(error)) throw error;
    }
  }

  /** Removes the second name after a failure. The only name of a content stays, as does one that cannot be removed. */
  dropName(): void {
    try {
      if (fstatSync(this.#fd).nlink > 1) unlinkSync(this.#keptName);
    } catch {
      // The next run removes it.
    }
  }

  /** Overwrites the content, and removes its second name. */
  *erase(): Steps {
    yield* attemptSteps(this.#path, overwrite(this.#fd), 'old-not-erased');
    if (this.#isKept) attempt(this.#path, () => unlinkSync(this.#keptName), 'second-name');
  }

  close(): void {
    close(this.#fd);
  }
}

function rename(temporary: TemporaryFile, path: string): 'once' {
  attempt(path, () => renameSync(temporary.path, path));
  return 'once';
}

/** A hard link fails when the name exists. A rename would replace the existing file. */
function publishNew(temporary: TemporaryFile, path: string): 'once' | 'twice' {
  try {
    attempt(path, () => linkSync(temporary.path, path));
    return 'twice';
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
  }
  // Creates an empty file with the name, which fails when the name exists, and replaces it.
  close(attempt(path, () => openSync(path, 'wx', OWNER_ONLY)));
  try {
    return rename(temporary, path);
  } catch (error) {
    attempt(path, () => unlinkSync(path), 'left-behind');
    throw error;
  }
}

function readAgain(path: string, memory: Uint8Array): number {
  const fd = openUnfollowed(path);
  try {
    return readInto(fd, memory);
  } finally {
    close(fd);
  }
}
