/** The hashes of sealed entries, in their file. They count when the tree of them has the root that was signed. */
import { closeSync } from 'node:fs';
import { openOwn, openOwnIfThere, readFully } from '../files/log-file.js';
import { HASH_SIZE } from '../format/tree.js';

/** Hashes that are read at a time. */
const MANY = 1 << 15;

/** The number of hashes in a file, which may be missing. */
export function countHashes(file: string, keyFile: string | undefined): number {
  const opened = openOwnIfThere(file, keyFile);
  if (opened === undefined) return 0;
  closeSync(opened.fd);
  return Math.floor(Number(opened.stats.size) / HASH_SIZE);
}

/** The first hashes of the file. */
export class SealedHashes implements Disposable {
  readonly count: number;
  readonly #fd: number;

  constructor(path: string, count: number, keyFile: string | undefined) {
    this.count = count;
    this.#fd = openOwn(path, { keyFile }).fd;
  }

  /** The hash of an entry. */
  at(index: number): Uint8Array {
    return this.#read(index, 1);
  }

  /** All hashes. */
  *all(): Generator<Uint8Array> {
    for (let index = 0; index < this.count; index += MANY) {
      const hashes = this.#read(index, Math.min(MANY, this.count - index));
      for (let at = 0; at < hashes.length; at += HASH_SIZE)
        yield hashes.subarray(at, at + HASH_SIZE);
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #read(index: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count * HASH_SIZE);
    readFully(this.#fd, bytes, index * HASH_SIZE);
    return bytes;
  }
}
