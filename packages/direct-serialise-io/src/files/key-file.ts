/**
 * The file of a signing key that evolves: the key, and a few public bytes beside it, under a lock as long as it is open.
 */
import {
  directDeserialiseBufChecked,
  directSerialiseBufChecked,
  type DirectDeserialise,
  type EvolvingKey,
} from '@evolock/direct-serialise';
import {
  checkBytes,
  checkFunction,
  checkMethod,
  checkOptions,
  isUnfinished,
  sameBytes,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import {
  allocationOptionNames,
  MLockedBytes,
  ReleasedError,
  type AllocationOptions,
} from '@evolock/mlocked-bytes';
import {
  endOnRelease,
  filled,
  refuseClones,
  unsoundMemory,
  whileUnderWay,
} from '@evolock/mlocked-bytes/unsound';
import { FileError } from '../errors.js';
import { PreparedFile } from './durable-file.js';
import { erasing, erasingLeftover, leftoversOf } from './erasing.js';
import { flushFolderOf, refuseUnflushable, runInPool, type Steps } from '../system/flush.js';
import {
  headerText,
  MAX_PUBLIC_SIZE,
  withKeyFile,
  type KeyFileHeader,
  type KeyFileParts,
} from './key-file-form.js';
import { holdLockFile, type HeldLock } from '../locks/lock-file.js';
import { attemptSteps, checkPath, isFileError, namingFile } from '../system/calls.js';

/** What reads a key from its bytes, and checks it against its verification key. Every KES algorithm is one. */
export interface EvolvingAlgorithm<Key extends EvolvingKey = EvolvingKey> extends DirectDeserialise<
  Key,
  AllocationOptions & { readonly verificationKey?: Uint8Array | undefined }
> {
  readonly name: string;
  readonly signingKeySize: number;
}

/** A key, and the public bytes beside it. */
export interface KeyFileContent<Key extends EvolvingKey> {
  /** The file owns it from now on, and wipes it. */
  readonly key: Key;
  /** At most 2,048 bytes; none when absent. */
  readonly publicBytes?: Uint8Array | undefined;
}

/** What changes in a key file that keeps its key. */
export interface KeyFileUpdate {
  /** A later period of the key, or the current one. */
  readonly period?: number | undefined;
  /** At most 2,048 bytes; unchanged when absent. */
  readonly publicBytes?: Uint8Array | undefined;
}

/** Options of opening a key file. */
export interface KeyFileOptions<Key extends EvolvingKey> extends AllocationOptions {
  /** Makes the content of a new file. It is called under the lock, when there is no file. */
  readonly create?: (() => KeyFileContent<Key>) | undefined;
}

type Algorithms<Key extends EvolvingKey> = (name: string) => EvolvingAlgorithm<Key> | undefined;

/**
 * A signing key in locked memory and in its file, which only its owner can read and write (mode 0600). Each evolution
 * replaces the file: the new content is completed and flushed under a temporary name, gets the name of the file in one step,
 * and is read again and compared; the old content is overwritten with zeros. When the process or the machine stops, the file
 * contains the whole old or the whole new content. Copy-on-write file systems, snapshots, backups and flash memory may keep
 * the old one. Waiting for the disk takes place in the thread pool of Node.js, and the event loop goes on meanwhile.
 *
 * The lock of the file is held as long as the object is open. A second open of the same file is refused with the reason
 * `locked`, also in this process.
 *
 * **After a failed write** the key in memory has its new period, and never goes back. The file has the whole old or the
 * whole new content; the `reason` of the error says which. {@link KeyFile.saved} is `false`, and the next call writes
 * again. A program that must not sign twice at one period publishes the signature only after a call that succeeded.
 *
 * **Until a write** of a new period the file can sign for the earlier ones. Close the file, or use `await using`: both
 * write what the file does not have, and so does `releaseAll` of mlocked-bytes. A process that ends without it leaves the
 * file at the period of the last write.
 *
 * @example
 * ```ts
 * import { KeyFile } from '@evolock/direct-serialise-io';
 * import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
 *
 * const create = () => {
 *   using seed = MLockedSeed.newRandom(32);
 *   return { key: sum6Kes.generateKey(seed) };
 * };
 * const file = await KeyFile.open('evolving-service.key', sum6Kes, { create });
 * file.key.sign(new TextEncoder().encode('a message'));
 * await file.write({ period: 1 }); // on the disk; the key of period 0 is overwritten
 * await file.close();
 * ```
 */
export class KeyFile<Key extends EvolvingKey = EvolvingKey> implements AsyncDisposable {
  readonly #path: string;
  readonly #lock: HeldLock;
  readonly #allocation: AllocationOptions;
  /** The verification keys of contents that this object read or wrote. A file of another key is not replaced. */
  readonly #known: Uint8Array[];
  #key: Key | undefined;
  #header: KeyFileHeader;
  #publicBytes: Uint8Array;
  /** Counts the changes of the content that this object makes. Evolutions of the key by its user are not among them. */
  #version = 0;
  /** What the file has durably. */
  #written: State;
  /** Withdraws the end of the use by `releaseAll`. */
  readonly #withdraw: () => void;
  /** The end of the use of the file, which begins once. */
  #ending: Promise<void> | undefined;
  /** Settles when the write in progress has ended. */
  #writing: Promise<unknown> = Promise.resolve();
  /** The write that has not begun. It writes the content at its beginning. */
  #waiting: Promise<void> | undefined;

  private constructor(
    path: string,
    lock: HeldLock,
    allocation: AllocationOptions,
    { key, header, publicBytes }: Found<Key>,
  ) {
    refuseClones(this);
    this.#path = path;
    this.#lock = lock;
    this.#allocation = allocation;
    this.#key = key;
    this.#header = header;
    this.#known = [header.verificationKey];
    this.#publicBytes = publicBytes;
    this.#written = this.#state();
    // It keeps the file, also when its program lost it: the key may have evolved, and the lock is held anyway.
    this.#withdraw = endOnRelease(() => this.close());
  }

  /**
   * Opens a key that evolves in its file: takes the lock, erases what killed runs left beside the file, and reads the file
   * into locked memory, or creates it.
   *
   * @param path - Text or a `file:` URL. Its folder has to exist. A symbolic link is refused.
   * @param algorithm - The algorithm of the key; or a function from the name in the file to the algorithm, for a file whose
   * keys have several.
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `not-found` (without `create`), `locked`, `readable-by-others`,
   * `not-key-file`, `other-key` (of another algorithm), `permission-model` and others.
   * @throws The error of the algorithm for a key that contradicts itself or its verification key, with the `path` of the file.
   */
  static async open<Key extends EvolvingKey>(
    path: string | URL,
    algorithm: EvolvingAlgorithm<Key> | Algorithms<Key>,
    options?: KeyFileOptions<Key>,
  ): Promise<KeyFile<Key>> {
    const file = checkPath(path);
    const algorithms = checkAlgorithm(algorithm);
    const { allocator, create } = checkOptions(options, [...allocationOptionNames, 'create']);
    if (create !== undefined) checkFunction('options.create', create);
    refuseUnflushable(file);
    const lock = holdLockFile(file);
    let opened: KeyFile<Key> | undefined;
    try {
      await runInPool(erasingLeftovers(file));
      const found = read(file, algorithms, { allocator }, create !== undefined);
      opened = new KeyFile(
        file,
        lock,
        { allocator },
        found ?? newContent('the result of options.create', create?.()),
      );
      if (found === undefined) await opened.#save();
      // A run that was killed may have named the file and not flushed the name: a loss of power would bring back an old key.
      else await runInPool(attemptSteps(file, flushFolderOf(file)));
      return opened;
    } catch (error) {
      if (opened !== undefined) {
        opened.#withdraw();
        opened.#wipe();
      }
      lock.release();
      throw error;
    }
  }

  /**
   * The key. It may be evolved directly: then {@link KeyFile.saved} is `false`, and the next call of this object, `close` at
   * the latest, writes it. Do not release it: its period is unknown then, and `close` throws. Throws {@link ReleasedError}
   * `ERR_EVOLOCK_RELEASED` for a file without a key, and after the call of `close`.
   */
  get key(): Key {
    if (this.#key === undefined || this.#ending !== undefined)
      throw new ReleasedError('signing key');
    return this.#key;
  }

  /** Whether there is a key. There is none after {@link retire}, also when such a file is opened, and after `close`. */
  get hasKey(): boolean {
    return this.#key !== undefined && this.#ending === undefined;
  }

  /** A copy of the public bytes beside the key. */
  get publicBytes(): Uint8Array {
    return new Uint8Array(this.#publicBytes);
  }

  /**
   * Whether the file has the key at its present period and the last public bytes, durably, and the content before it was
   * overwritten. `false` when the key was evolved or released directly. After the end of the use: whether that succeeded.
   */
  get saved(): boolean {
    const { version, period } = this.#state();
    return version === this.#written.version && period === this.#written.period;
  }

  /**
   * Changes the content in memory at once, and resolves when the file has it durably. Calls that wait share one write.
   *
   * @param content - A later `period` of the key, or its current one; or another `key` in the place of the key, which is wiped.
   * The given key is wiped when there is none to replace. Without a change it writes again.
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`. Nothing is written with the reason `lock-lost` when another program
   * took the lock, and `other-key` when the file is now that of another key.
   * @throws The error of the algorithm for a period that it does not have. Then nothing changes.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED` for a file without a key.
   */
  async write(content: KeyFileContent<Key> | KeyFileUpdate): Promise<void> {
    if (isNewKey(content)) return this.#replace(content);
    const { period, ...rest } = checkOptions(content, ['period', 'publicBytes'], 'content');
    const bytes = this.#publicBytesOf(rest);
    const { key } = this;
    if (period !== undefined) key.updateTo(period);
    await this.#change(bytes);
  }

  async #replace(content: KeyFileContent<Key>): Promise<void> {
    const { key, publicBytes, header } = newContent('content', content);
    try {
      this.key.release();
    } catch (error) {
      key?.release();
      throw error;
    }
    this.#key = key;
    this.#header = header;
    this.#known.push(header.verificationKey);
    await this.#change(publicBytes);
  }

  /**
   * Wipes the key at once, and resolves when the file has the public bytes and no key: the file stays. Throws what
   * {@link write} throws.
   */
  async retire(content?: Pick<KeyFileUpdate, 'publicBytes'>): Promise<void> {
    const bytes = this.#publicBytesOf(checkOptions(content, ['publicBytes'], 'content'));
    this.#refuseEnded();
    this.#wipe();
    await this.#change(bytes);
  }

  #publicBytesOf({ publicBytes }: Pick<KeyFileUpdate, 'publicBytes'>): Uint8Array {
    return publicBytes === undefined ? this.#publicBytes : checkPublicBytes(publicBytes);
  }

  /**
   * Waits for writes, writes what the file does not have yet, wipes the key in memory, and returns the lock. The file stays.
   *
   * When it throws, the key is wiped and the lock returned all the same, and the file may have the key of an earlier period:
   * open it again and evolve it. A further call gives the result of the first one, of `close` or {@link destroy}.
   *
   * @throws What {@link write} throws when the file has to be written. {@link ReleasedError} `ERR_EVOLOCK_RELEASED` when
   * the key was released directly: whether the file has its last period is unknown.
   */
  async close(): Promise<void> {
    this.#ending ??= this.#end(async () => {
      // Its user may evolve the key during a write.
      while (!this.saved) await this.#save();
      // In this turn: after it, its user could evolve a key that is not written again.
      this.#giveUp();
    });
    await this.#ending;
  }

  /**
   * Waits for writes, wipes the key, erases the file as {@link eraseFile} does, and returns the lock, also when it throws.
   * A file that is gone is no error.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; {@link ReleasedError} `ERR_EVOLOCK_RELEASED` after `close`.
   */
  async destroy(): Promise<void> {
    this.#refuseEnded();
    this.#ending = this.#end(() => this.#erase());
    await this.#ending;
  }

  /** Closes the file, for `await using`. The failure of an earlier `close` or `destroy` is not thrown again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ending === undefined) await this.close();
    else await this.#ending.catch(() => undefined);
  }

  #refuseEnded(): void {
    if (this.#ending !== undefined) throw new ReleasedError('key file');
  }

  /** The last work on the file begins after all writes, and not in this turn. */
  #end(work: () => Promise<void>): Promise<void> {
    const ended = async (): Promise<void> => {
      try {
        await this.#waiting?.catch(() => undefined);
        await this.#writing;
        await work();
      } finally {
        this.#giveUp();
      }
    };
    return whileUnderWay(ended());
  }

  /** Wipes the key and returns the lock. A second call changes nothing. */
  #giveUp(): void {
    const { saved } = this;
    this.#withdraw();
    try {
      this.#wipe();
    } finally {
      if (saved) this.#written = this.#state();
      this.#lock.release();
    }
  }

  async #erase(): Promise<void> {
    this.#version += 1;
    this.#wipe();
    this.#checkLock();
    if (this.#isThere()) await runInPool(erasing(this.#path));
    this.#written = this.#state();
  }

  #state(): State {
    return { version: this.#version, period: this.#period() };
  }

  /** Returns `undefined` when there is no key, and when its user released it. */
  #period(): number | undefined {
    try {
      return this.#key?.period;
    } catch {
      return undefined;
    }
  }

  #wipe(): void {
    this.#key?.release();
    this.#key = undefined;
  }

  #change(publicBytes: Uint8Array): Promise<void> {
    this.#publicBytes = publicBytes;
    this.#version += 1;
    return this.#save();
  }

  #save(): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting;
    const write = whileUnderWay(this.#writing.then(() => this.#write()));
    this.#waiting = write;
    this.#writing = write.catch(() => undefined);
    return write;
  }

  async #write(): Promise<void> {
    this.#waiting = undefined;
    this.#checkLock();
    this.#isThere();
    const state = { version: this.#version, period: this.#key?.period };
    const content = this.#contentNow();
    try {
      await runInPool(replacing(this.#path, unsoundMemory(content), this.#allocation));
      this.#checkLock();
    } finally {
      content.release();
    }
    this.#written = state;
  }

  #checkLock(): void {
    if (!this.#lock.isCurrent()) throw new FileError('lock-lost', this.#path);
  }

  /** Whether the file exists. Refuses the file of another key. A damaged file and an older copy may be replaced. */
  #isThere(): boolean {
    try {
      const options = { ...this.#allocation, anyMode: true };
      const { verificationKey } = withKeyFile(this.#path, options, ({ header }) => header);
      if (this.#known.some((each) => sameBytes(each, verificationKey))) return true;
      throw new FileError('other-key', this.#path);
    } catch (error) {
      if (isFileError(error, 'not-found')) return false;
      if (isFileError(error, 'not-key-file')) return true;
      throw error;
    }
  }

  /** The whole content. The caller releases it. */
  #contentNow(): MLockedBytes {
    const key = this.#key;
    const publicSize = this.#publicBytes.byteLength;
    const keySize = key?.algorithm.signingKeySize ?? 0;
    const header = headerText({ ...this.#header, publicSize, keySize });
    const keyAt = header.byteLength + publicSize;
    return filled(MLockedBytes.newZeroed(keyAt + keySize, this.#allocation), (memory) => {
      memory.set(header);
      memory.set(this.#publicBytes, header.byteLength);
      if (key !== undefined) directSerialiseBufChecked(memory.subarray(keyAt), key);
    });
  }
}

/** A content: its number, and the period of its key; `undefined` without a key. */
interface State {
  readonly version: number;
  readonly period: number | undefined;
}

interface Found<Key extends EvolvingKey> {
  readonly key: Key | undefined;
  readonly header: KeyFileHeader;
  readonly publicBytes: Uint8Array;
}

function checkAlgorithm<Key extends EvolvingKey>(
  algorithm: EvolvingAlgorithm<Key> | Algorithms<Key>,
): Algorithms<Key> {
  if (typeof algorithm === 'function') return algorithm;
  checkMethod('algorithm', algorithm, 'directDeserialise');
  return (name) => (name === algorithm.name ? algorithm : undefined);
}

function checkPublicBytes(bytes: unknown): Uint8Array {
  const copy = new Uint8Array(checkBytes('publicBytes', bytes));
  if (copy.byteLength <= MAX_PUBLIC_SIZE) return copy;
  throw wrongValue('publicBytes', `at most ${MAX_PUBLIC_SIZE} bytes`, `${copy.byteLength} bytes`);
}

/** The owner of the key is the file from now on, also of one in a content that is refused. */
function newContent<Key extends EvolvingKey>(
  argument: string,
  content: KeyFileContent<Key> | undefined,
): Found<Key> {
  try {
    const { key, publicBytes: bytes = new Uint8Array() } = checkContent(argument, content);
    const { name, signingKeySize } = key.algorithm;
    const publicBytes = checkPublicBytes(bytes);
    const verificationKey = new Uint8Array(key.deriveVerificationKey());
    const header = { name, keySize: signingKeySize, publicSize: 0, verificationKey };
    return { key, header, publicBytes };
  } catch (error) {
    releaseKeyOf(content);
    throw error;
  }
}

function checkContent<Key extends EvolvingKey>(
  argument: string,
  content: KeyFileContent<Key> | undefined,
): KeyFileContent<Key> {
  if (isUnfinished(content))
    throw wrongType(argument, '{ key, publicBytes } at once, and no promise of it', content);
  if (isKey(content)) throw wrongType(argument, '{ key }, and not the key itself', content);
  if (content === undefined) throw wrongType(argument, '{ key, publicBytes }', content);
  const checked = checkOptions(content, ['key', 'publicBytes'], argument);
  checkMethod(`${argument}.key`, checked.key, 'directSerialise');
  return checked as KeyFileContent<Key>;
}

/** Whether a content has a key, or would have one when it is made. */
function isNewKey<Key extends EvolvingKey>(
  content: KeyFileContent<Key> | KeyFileUpdate,
): content is KeyFileContent<Key> {
  return isKey(content) || isUnfinished(content) || 'key' in Object(content);
}

function isKey(value: unknown): value is EvolvingKey {
  return typeof (value as Partial<EvolvingKey> | null | undefined)?.directSerialise === 'function';
}

/** Wipes the key of a content that was refused: where it is, or when it is made. */
function releaseKeyOf(content: unknown): void {
  if (content instanceof Promise) void content.then(releaseKeyOf, () => undefined);
  const key = isKey(content) ? content : (content as Partial<Found<EvolvingKey>> | undefined)?.key;
  if (isKey(key)) key.release();
}

/** Returns `undefined` when there is no file and one may be created. */
function read<Key extends EvolvingKey>(
  path: string,
  algorithms: Algorithms<Key>,
  options: AllocationOptions,
  mayBeMissing: boolean,
): Found<Key> | undefined {
  try {
    return withKeyFile(path, options, (parts) => contentIn(path, algorithms, options, parts));
  } catch (error) {
    if (mayBeMissing && isFileError(error, 'not-found')) return undefined;
    throw error;
  }
}

function contentIn<Key extends EvolvingKey>(
  path: string,
  algorithms: Algorithms<Key>,
  options: AllocationOptions,
  { header, publicBytes, key }: KeyFileParts,
): Found<Key> {
  const { name, keySize, verificationKey } = header;
  const algorithm = algorithms(name);
  if (algorithm === undefined) throw new FileError('other-key', path, { detail: name });
  if (keySize === 0) return { key: undefined, header, publicBytes };
  if (keySize !== algorithm.signingKeySize) throw new FileError('not-key-file', path);
  const found = namingFile(path, () =>
    directDeserialiseBufChecked(key, algorithm, { ...options, verificationKey }),
  );
  return { key: found, header, publicBytes };
}

function* erasingLeftovers(path: string): Steps {
  for (const each of leftoversOf(path)) yield* erasingLeftover(each);
}

function* replacing(path: string, content: Uint8Array, options: AllocationOptions): Steps {
  yield* erasingLeftovers(path);
  const file = new PreparedFile(path, { ...options, replace: true, secret: true });
  try {
    yield* file.publishing(content);
  } finally {
    file.close();
  }
}
