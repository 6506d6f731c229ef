/**
 * The files that a sealer appends to. Before it appends, it compares what it wrote: a part of the piece is cut and written
 * again, and to other bytes nothing is appended.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  readSync,
  writeSync,
} from 'node:fs';
import { flushFolder, openRegular } from '@evolock/direct-serialise-io/files';
import { MAX_SEAL_LINE_SIZE } from '../format/seal.js';
import { SealerError } from './errors.js';

/** A file with an end that is known. */
export class AppendedFile {
  readonly #path: string;
  readonly #fd: number;
  #size: number;
  /** The last bytes that are known, which are compared before the next are appended. */
  #tail: Uint8Array;

  private constructor(path: string, fd: number, size: number, tail: Uint8Array) {
    this.#path = path;
    this.#fd = fd;
    this.#size = size;
    this.#tail = tail;
  }

  /** Opens or creates the file, and cuts what follows `size` bytes. Returns the number of bytes that were cut. */
  static open(path: string, size: number, tail = new Uint8Array(0)): [AppendedFile, number] {
    const { O_RDWR, O_CREAT } = constants;
    const { fd, stats } = openRegular(path, { access: O_RDWR | O_CREAT });
    try {
      const surplus = Number(stats.size) - size;
      if (surplus > 0) ftruncateSync(fd, size);
      fsyncSync(fd);
      flushFolder(path);
      return [new AppendedFile(path, fd, size, tail), Math.max(0, surplus)];
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends a piece, and flushes it. After a failure, call it again with the same piece.
   *
   * @throws {@link SealerError} reason `changed-file` when the file is not what was written to it.
   */
  append(piece: Uint8Array): void {
    const found = fstatSync(this.#fd).size;
    const from = this.#size - this.#tail.length;
    const present = new Uint8Array(
      Math.max(0, Math.min(found - from, this.#tail.length + piece.length + 1)),
    );
    readAll(this.#fd, present, from);
    const expected = Buffer.concat([this.#tail, piece]);
    const isBegin = Buffer.compare(present, expected.subarray(0, present.length)) === 0;
    if (found < this.#size || present.length > expected.length || !isBegin)
      throw new SealerError('changed-file', { detail: this.#path });
    // What a failed flush left in memory is written again, since the system may take it for flushed.
    if (found > this.#size) ftruncateSync(this.#fd, this.#size);
    for (let done = 0; done < piece.length;)
      done += writeSync(this.#fd, piece, done, piece.length - done, this.#size + done);
    fsyncSync(this.#fd);
    this.#size += piece.length;
    this.#tail = piece.slice(-MAX_SEAL_LINE_SIZE);
  }

  /** Closes it. */
  close(): void {
    closeSync(this.#fd);
  }
}

function readAll(fd: number, bytes: Uint8Array, from: number): void {
  for (let done = 0, count = 1; done < bytes.length && count > 0; done += count)
    count = readSync(fd, bytes, done, bytes.length - done, from + done);
}
