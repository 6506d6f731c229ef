/** The hashes of sealed entries, in their file. They count when the tree of them has the root that was signed. */
import { closeSync } from 'node:fs';
import type { OpenedFile } from '@evolock/direct-serialise-io/files';
import { openOwnIfThere, readFully } from '../files/log-file.js';
import { Frontier, HASH_SIZE } from '../format/tree.js';
import { sha256 } from '../native.js';
import { stateOf } from './appended-file.js';

/** Hashes that are read at a time. */
const MANY = 1 << 15;

/** The first hashes of the file. */
export class SealedHashes implements Disposable {
  /** The number of them that are there, and wanted. */
  readonly count: number;
  readonly #fd: number;

  private constructor({ fd, stats }: OpenedFile, wanted: number) {
    this.count = Math.min(Math.floor(Number(stats.size) / HASH_SIZE), wanted);
    this.#fd = fd;
  }

  /** Opens the file for a number of hashes. Returns `undefined` when it is missing. */
  static open(path: string, wanted: number, keyFile: string | undefined): SealedHashes | undefined {
    const opened = openOwnIfThere(path, keyFile);
    return opened && new SealedHashes(opened, wanted);
  }

  /** The state of the file. */
  get state(): string {
    return stateOf(this.#fd);
  }

  /** The root of the tree of all hashes. */
  root(): Uint8Array {
    const tree = new Frontier(sha256);
    for (const hash of this.all()) tree.append(hash);
    return tree.root();
  }

  /** The hash of an entry. */
  at(index: number): Uint8Array {
    return this.#read(index, 1);
  }

  /** The hash of an entry; `undefined` when it is not there. */
  find(index: number): Uint8Array | undefined {
    return index < this.count ? this.at(index) : undefined;
  }

  /** All hashes, from one on. */
  *all(first = 0): Generator<Uint8Array> {
    for (let index = first; index < this.count; index += MANY) {
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
