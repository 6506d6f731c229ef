/**
 * A lock file beside a file gives the right to change the file: for the duration of a call, or for the life of an object.
 */
import { checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import { FileError } from '../errors.js';
import { Lock, lockOf } from './lock.js';
import { ProofOfLife } from './proof-of-life.js';
import { checkPath } from '../system/calls.js';

/**
 * The locks that this thread holds, so that work under a lock can take the same lock again. A lock for the duration of a
 * call is held in one turn of the event loop. A time limit of `node:vm` or Ctrl-C in the REPL ends the work without its
 * `finally`. Then the next call of the same turn works under the lock, and it is returned when the turn ends. A
 * {@link HeldLock} belongs to its object.
 */
const held = new Map<string, 'for a call' | HeldLock>();

/**
 * Runs a synchronous function while no other run changes the same file, and returns its result: a run of any process,
 * container or machine with access to the directory. The lock is the file `.NAME.evolock-lock` beside the file, created
 * exclusively. The function may take the same lock again, as each write of this package does.
 *
 * A stale lock is taken over when its holder was a process of this machine, since its last start, and of this process id
 * namespace, or a {@link HeldLock} whose proof of life says so. That of a {@link HeldLock} which lives is never taken over.
 * Other locks of other machines, containers and time namespaces are not either, since two runs could do so at once. The
 * error then states what to do.
 *
 * @param path - The file to change: text or a `file:` URL. Its directory has to exist.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `locked`, `locked-elsewhere` or `lock-lost` with the path of the
 * lock file; other reasons with the path of the file.
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
  if (holding === undefined) return withLock(new Lock(file, lock), () => synchronous(work()));
  // Within another call, that call reports a lost lock.
  if (holding === 'for a call' || holding.isWithin) return synchronous(work());
  throw new FileError('locked', lock, { detail: `process ${String(process.pid)}` });
}

/** The lock is returned when the function returns, so a promise would continue without it. */
function synchronous<Result>(result: Result): Result {
  if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function')
    throw wrongType('work', 'a function that returns no promise', result);
  return result;
}

function withLock<Result>(lock: Lock, work: () => Result): Result {
  let isOurs = true;
  const release = once(() => {
    held.delete(lock.path);
    isOurs = lock.release();
  });
  queueMicrotask(release);
  let result: Result;
  try {
    lock.take();
    held.set(lock.path, 'for a call');
    lock.sweep();
    result = work();
  } finally {
    release();
  }
  if (!isOurs) throw new FileError('lock-lost', lock.path);
  return result;
}

/** Microtasks run when the stack is empty: then synchronous work has ended, also without its `finally`. */
function once(end: () => void): () => void {
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    end();
  };
}

/**
 * Takes the lock of {@link withLockFile} for the life of an object, across turns of the event loop, for a program that uses
 * a file or a socket file as long as it runs. The rules about stale and foreign locks are the same, and another container
 * learns that the process has ended: on Linux a socket beside the lock, `.NAME.evolock-lock.` and 8 digits, is closed by the
 * system when the process ends, however it ends. This holds on ext4, xfs, btrfs, f2fs, zfs, tmpfs and overlayfs, for names of
 * up to some 60 bytes, and between processes that may connect to each other: the same user, or root.
 *
 * While the lock is held, {@link withLockFile}, the writes of this thread to the same file and a second `holdLockFile` are
 * refused with the reason `locked`, except the first two within {@link HeldLock.within}: between its turns the same thread
 * could begin other work. A process that ends without a release leaves a stale lock, which the next run takes over.
 *
 * @param path - The file: text or a `file:` URL. Its directory has to exist, the file does not.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `locked` or `locked-elsewhere` with the path of the lock file;
 * other reasons with the path of the file.
 */
export function holdLockFile(path: string | URL): HeldLock {
  const file = checkPath(path);
  const lockFile = lockOf(file);
  const proof = ProofOfLife.of(lockFile);
  const lock = new Lock(file, lockFile, lockFile, proof);
  const holding = new HeldLock(lock, proof);
  try {
    lock.take();
    held.set(lock.path, holding);
    lock.sweep();
    return holding;
  } catch (error) {
    holding.release();
    throw error;
  }
}

/** A lock that is held until its release, made by {@link holdLockFile}. It does not keep the process alive. */
export class HeldLock implements Disposable {
  readonly #lock: Lock;
  readonly #proof: ProofOfLife | undefined;
  #released = false;
  #isWithin = false;

  /**
   * For {@link holdLockFile}.
   *
   * @internal
   */
  constructor(lock: Lock, proof?: ProofOfLife) {
    this.#lock = lock;
    this.#proof = proof;
  }

  /**
   * Whether the lock file is still the one of this object. It is not after the release, or when someone removed or replaced
   * it by hand.
   */
  isCurrent(): boolean {
    return !this.#released && this.#lock.isCurrent();
  }

  /**
   * Whether {@link within} is running.
   *
   * @internal
   */
  get isWithin(): boolean {
    return this.#isWithin;
  }

  /**
   * Runs a synchronous function as work under the lock, and returns its result. Within it, {@link withLockFile} and the
   * writes of this thread to the file are allowed.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `lock-lost`: before the work, which did not begin, or after it.
   */
  within<Result>(work: () => Result): Result {
    checkFunction('work', work);
    this.#refuseLost();
    // Only the outermost ends it: of a call that was stopped from outside, the tasks run in the order of their begin.
    const isOutermost = !this.#isWithin;
    const end = once(() => {
      if (isOutermost) this.#isWithin = false;
    });
    queueMicrotask(end);
    this.#isWithin = true;
    let result: Result;
    try {
      result = synchronous(work());
    } finally {
      end();
    }
    this.#refuseLost();
    return result;
  }

  #refuseLost(): void {
    if (!this.isCurrent()) throw new FileError('lock-lost', this.#lock.path);
  }

  /** Returns the lock. A second call does nothing. The lock of another run is kept. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    // When the lock was refused, the entry belongs to its holder.
    if (held.get(this.#lock.path) === this) held.delete(this.#lock.path);
    this.#lock.release();
    // After the lock: a lock without a proof that answers counts as stale.
    this.#proof?.end();
  }

  /** Releases the lock, for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }
}
