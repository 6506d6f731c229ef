/**
 * The files that a sealer appends to. Before it appends, it compares what it wrote: a part of the piece is cut and written
 * again. To other bytes, and to a file that its path does not lead to any more, nothing is appended.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  writeSync,
} from 'node:fs';
import { flushFolder } from '@evolock/direct-serialise-io/files';
import { openOwn, readFully } from '../files/log-file.js';
import { MAX_SEAL_LINE_SIZE } from '../format/seal.js';
import { SealerError } from '../errors.js';

/** What is known of a file. */
interface KnownEnd {
  /** Bytes up to its end. */
  readonly size: number;
  /** The last of these bytes; unknown when absent. */
  readonly tail?: Uint8Array;
  /** The key file of the log. */
  readonly keyFile: string | undefined;
}

/** A file with an end that is known. */
export class AppendedFile {
  readonly #path: string;
  readonly #fd: number;
  #size: number;
  /** The last bytes that are known, which are compared before the next are appended. */
  #tail: Uint8Array;
  /** Its state after the last change that was made here; `undefined` from the first change by another program on. */
  #state: string | undefined;

  private constructor(path: string, fd: number, size: number, tail: Uint8Array) {
    this.#path = path;
    this.#fd = fd;
    this.#size = size;
    this.#tail = tail;
    this.#state = stateOf(fd);
  }

  /** Opens or creates the file, and cuts what follows what is known. Returns the number of bytes that were cut. */
  static open(path: string, { size, tail, keyFile }: KnownEnd): [AppendedFile, number] {
    const { fd, stats } = openOwn(path, { access: constants.O_RDWR, create: true, keyFile });
    try {
      const surplus = Number(stats.size) - size;
      if (surplus > 0) ftruncateSync(fd, size);
      fsyncSync(fd);
      flushFolder(path);
      return [new AppendedFile(path, fd, size, tail ?? new Uint8Array(0)), Math.max(0, surplus)];
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** {@link stateOf} the file; `undefined` when another program may have changed it since it was opened. */
  get state(): string | undefined {
    return this.#state === stateOf(this.#fd) ? this.#state : undefined;
  }

  /** Bytes up to its end, which another program can have changed. Throws when they are not there. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    readFully(this.#fd, bytes, offset);
    return bytes;
  }

  /**
   * Compares the file with what was written to it. More may follow: a part of the next piece.
   *
   * @throws {@link SealerError} reason `changed-file` when it was removed, replaced or changed.
   */
  check(): void {
    this.#follows(0);
  }

  /**
   * Appends a piece, and flushes it. After a failure, call it again with the same piece.
   *
   * @throws {@link SealerError} reason `changed-file` when the file is not what was written to it.
   */
  append(piece: Uint8Array): void {
    const found = this.#follows(piece.length + 1);
    if (Buffer.compare(found, piece.subarray(0, found.length)) !== 0) throw this.#changed();
    const { state } = this;
    // What a failed flush left in memory is written again, since the system may take it for flushed.
    if (found.length > 0) ftruncateSync(this.#fd, this.#size);
    for (let done = 0; done < piece.length;)
      done += writeSync(this.#fd, piece, done, piece.length - done, this.#size + done);
    fsyncSync(this.#fd);
    // What has no name any more is not kept.
    if (!this.#isNamed()) throw this.#changed();
    this.#state = state && stateOf(this.#fd);
    this.#size += piece.length;
    this.#tail = piece.slice(-MAX_SEAL_LINE_SIZE);
  }

  /** The bytes behind those that are known, at most so many. */
  #follows(most: number): Uint8Array {
    const { size } = fstatSync(this.#fd);
    const known = this.#tail.length;
    const present = new Uint8Array(Math.max(0, Math.min(size - this.#size, most) + known));
    readFully(this.#fd, present, this.#size - known);
    const isKnown = Buffer.compare(present.subarray(0, known), this.#tail) === 0;
    if (size < this.#size || !isKnown || !this.#isNamed()) throw this.#changed();
    return present.subarray(known);
  }

  /** Whether the path still leads to the file. */
  #isNamed(): boolean {
    const named = lstatSync(this.#path, { bigint: true, throwIfNoEntry: false });
    const { dev, ino } = fstatSync(this.#fd, { bigint: true });
    return named?.dev === dev && named.ino === ino;
  }

  #changed(): SealerError {
    return new SealerError('changed-file', { path: this.#path });
  }

  /** Closes it. */
  close(): void {
    closeSync(this.#fd);
  }
}

/** A text that is another one after each change of a file. */
export function stateOf(fd: number): string {
  const { dev, ino, size, ctimeNs } = fstatSync(fd, { bigint: true });
  return [dev, ino, size, ctimeNs].join(':');
}
