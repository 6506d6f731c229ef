/** Native functions in the place of those in JavaScript: SHA-256 of Node.js, and CompactSum over libsodium. */
import { createHash, hash } from 'node:crypto';
import { compactSumKesOfDepth, type KesAlgorithm } from '@evolock/kes-sum';
import { HASH_SIZE, LEAF_PREFIX, type Sha256 } from './format/tree.js';
import type { SealCryptography } from './verify/cryptography.js';

/**
 * A string of bytes and its copy take half the time of the `Buffer` that `hash` allocates outside the heap. A `Buffer` of 32
 * bytes would be a part of 8 KiB, which live as long as one hash of them does: memory would grow with the log.
 */
function into(bytes: Uint8Array, target: Uint8Array, at: number): void {
  const text = hash('sha256', bytes, 'binary');
  for (let index = 0; index < HASH_SIZE; index += 1) target[at + index] = text.charCodeAt(index);
}

function whole(bytes: Uint8Array): Uint8Array {
  const digest = new Uint8Array(HASH_SIZE);
  into(bytes, digest, 0);
  return digest;
}

/** SHA-256 by one call, and in parts. */
export const sha256 = Object.assign(whole, {
  create: () => createHash('sha256'),
  into,
}) satisfies Sha256;

/** Bytes before the lines in the memory of {@link LeafInput}: for the prefix of a leaf, and a line. */
export const LEAF_ROOM = 1024;

/**
 * What is hashed for a line: the prefix of a leaf and the line, in one piece. A line that fits is moved into the room before
 * the lines, where there is one view for each length: a view of each line would be garbage, and memory would grow with the log.
 */
export class LeafInput {
  /** {@link LEAF_ROOM} bytes, and lines. */
  readonly memory: Uint8Array;
  readonly #views: Uint8Array[] = [];

  constructor(memory: Uint8Array) {
    this.memory = memory;
  }

  /** The input for a line. It may change the byte before the line, and what it returns may change with the next line. */
  of(from: number, end: number): Uint8Array {
    const { memory } = this;
    const size = LEAF_PREFIX.length + end - from;
    const at = size > LEAF_ROOM ? from - LEAF_PREFIX.length : 0;
    memory.set(LEAF_PREFIX, at);
    if (at > 0) return memory.subarray(at, end);
    memory.copyWithin(LEAF_PREFIX.length, from, end);
    return (this.#views[size] ??= memory.subarray(0, size));
  }
}

const algorithms = new Map<number, KesAlgorithm>();

/** CompactSum over Ed25519 of a depth. */
export function algorithmOf(depth: number): KesAlgorithm {
  const algorithm = algorithms.get(depth) ?? compactSumKesOfDepth(depth);
  algorithms.set(depth, algorithm);
  return algorithm;
}

/** Both, for verification. */
export const native: SealCryptography = { sha256, kesOfDepth: algorithmOf };
