/**
 * The tree of the entries, with SHA-256: the Merkle tree of RFC 6962, section 2.1, as C2SP and `sumdb/tlog` of Go have it.
 */

/** SHA-256 by one call, and in parts. `sha256` of `@noble/hashes` is one. */
export interface Sha256 {
  (bytes: Uint8Array): Uint8Array;
  /** Begins a hash of bytes that come in parts. */
  create(): Sha256Parts;
  /** Writes the hash of bytes to a place in others. When absent, the hash is made and copied, which leaves garbage. */
  readonly into?: ((bytes: Uint8Array, target: Uint8Array, at: number) => void) | undefined;
}

/** SHA-256 of bytes that come in parts. */
export interface Sha256Parts {
  /** Takes the next bytes. */
  update(bytes: Uint8Array): unknown;
  /** The hash, 32 bytes, of all bytes that were taken. */
  digest(): Uint8Array;
}

/** Bytes of a hash. */
export const HASH_SIZE = 32;

/** Leaves of a complete subtree that is hashed on its own, on another thread. */
export const SUBTREE_WIDTH = 64;

/** What precedes an entry when it is hashed. */
export const LEAF_PREFIX = Uint8Array.of(0);

/** What precedes the two children of a node when they are hashed. */
export const NODE_PREFIX = Uint8Array.of(1);

/** The hash of an entry. */
export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  const hash = sha256.create();
  hash.update(LEAF_PREFIX);
  hash.update(entry);
  return hash.digest();
}

/** Bytes of a node: the prefix and two children. */
const NODE_SIZE = NODE_PREFIX.length + 2 * HASH_SIZE;

/** The most hashes of a right edge: one for each bit of a safe integer, and one that is being added. */
const MOST_NODES = 54;

/** The bytes of a node, in memory that every node uses. */
const node = Uint8Array.of(...NODE_PREFIX, ...new Uint8Array(2 * HASH_SIZE));

function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, NODE_PREFIX.length);
  node.set(right, NODE_PREFIX.length + HASH_SIZE);
  return sha256(node);
}

/**
 * The right edge of a growing tree: the root of each complete subtree, the largest first. Memory is logarithmic in the
 * number of leaves. It can watch one leaf and give its path.
 */
export class Frontier {
  readonly #sha256: Sha256;
  /**
   * A node that is being hashed, and then the root of each complete subtree. It is used again: a hash of its own for each node
   * would be garbage, and the heap of a process would grow with the log.
   */
  readonly #memory = new Uint8Array(NODE_SIZE + MOST_NODES * HASH_SIZE);
  readonly #node = this.#memory.subarray(0, NODE_SIZE);
  /** Where the next root is put. */
  #end = NODE_SIZE;
  #size: number;
  /** The leaf whose path is wanted. */
  readonly #watched: number | undefined;
  /** Siblings on the path of the watched leaf, within its complete subtree. */
  #path: Uint8Array[] = [];

  constructor(
    sha256: Sha256,
    /** A frontier, or what was kept of one, to go on from. */
    start: Pick<Frontier, 'size' | 'nodes'> = { size: 0, nodes: [] },
    watched?: number,
  ) {
    this.#sha256 = sha256;
    this.#memory.set(NODE_PREFIX);
    for (const root of start.nodes) {
      this.#memory.set(root, this.#end);
      this.#end += HASH_SIZE;
    }
    this.#size = start.size;
    this.#watched = watched;
  }

  /** The number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** The roots of the complete subtrees, the largest first: one for each bit of the size that is 1. */
  get nodes(): readonly Uint8Array[] {
    const count = (this.#end - NODE_SIZE) / HASH_SIZE;
    return Array.from({ length: count }, (_, index) => this.#hashAt(NODE_SIZE + index * HASH_SIZE));
  }

  /** Another frontier with the same leaves, which grows on its own. */
  fork(): Frontier {
    const copy = new Frontier(this.#sha256, this, this.#watched);
    copy.#path = [...this.#path];
    return copy;
  }

  /** Adds a leaf. */
  append(leaf: Uint8Array): void {
    this.#append(leaf, 0, 1);
  }

  /** Whether the watched leaf is among the next {@link SUBTREE_WIDTH}: then each has to be appended. */
  get isWatchedNext(): boolean {
    const distance = (this.#watched ?? -1) - this.#size;
    return distance >= 0 && distance < SUBTREE_WIDTH;
  }

  /**
   * Adds {@link SUBTREE_WIDTH} leaves at a multiple of that number.
   *
   * @param roots - Bytes with the root of the complete subtree over them.
   * @param from - Where it begins.
   */
  appendSubtree(roots: Uint8Array, from: number): void {
    this.#append(roots, from, SUBTREE_WIDTH);
  }

  #append(hashes: Uint8Array, from: number, leaves: number): void {
    const memory = this.#memory;
    const { into } = this.#sha256;
    const end = this.#size + leaves;
    let at = this.#end;
    // A view of the hash would be garbage.
    for (let index = 0; index < HASH_SIZE; index += 1) memory[at + index] = hashes[from + index]!;
    let width = leaves;
    // Not by bits: a size has up to 53 of them.
    for (let rest = this.#size / leaves; rest % 2 === 1; rest = (rest - 1) / 2) {
      const right = at;
      at -= HASH_SIZE;
      if (this.#watched !== undefined)
        this.#pass(end, width, width, this.#hashAt(at), this.#hashAt(right), this.#path);
      memory.copyWithin(NODE_PREFIX.length, at, right + HASH_SIZE);
      if (into === undefined) memory.set(this.#sha256(this.#node), at);
      else into(this.#node, memory, at);
      width *= 2;
    }
    this.#end = at + HASH_SIZE;
    this.#size = end;
  }

  #hashAt(at: number): Uint8Array {
    return this.#memory.slice(at, at + HASH_SIZE);
  }

  /** The root of the tree. */
  root(): Uint8Array {
    return this.#fold([]);
  }

  /** The path of the watched leaf, which the tree has to contain: one hash for each level, from the leaf up. */
  path(): Uint8Array[] {
    const path = [...this.#path];
    this.#fold(path);
    return path;
  }

  #fold(path: Uint8Array[]): Uint8Array {
    const nodes = [...this.nodes];
    let root = nodes.pop();
    if (root === undefined) return this.#sha256(new Uint8Array(0));
    let rightWidth = 0;
    for (let width = 1, rest = this.#size; rest > 0; width *= 2, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      if (rightWidth > 0) {
        const left = nodes.pop()!;
        this.#pass(this.#size, width, rightWidth, left, root, path);
        root = nodeHash(this.#sha256, left, root);
      }
      rightWidth += width;
    }
    return root;
  }

  /** Adds the sibling of the subtree that has the watched leaf, of two subtrees before `end`. */
  #pass(
    end: number,
    leftWidth: number,
    rightWidth: number,
    left: Uint8Array,
    right: Uint8Array,
    path: Uint8Array[],
  ): void {
    const watched = this.#watched;
    const middle = end - rightWidth;
    if (watched === undefined || watched < middle - leftWidth || watched >= end) return;
    path.push(watched < middle ? right : left);
  }
}

/**
 * The root to which a path leads from a leaf. Returns `undefined` when the tree has no such leaf, or the path another
 * number of hashes than it needs.
 *
 * Source: RFC 9162, section 2.1.3.2.
 */
export function rootOfPath(
  sha256: Sha256,
  { index, size }: { readonly index: number; readonly size: number },
  leaf: Uint8Array,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index >= size) return undefined;
  let at = index;
  let last = size - 1;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sha256, sibling, root);
      // At the right edge, levels without a sibling are left out.
      while (at % 2 === 0 && at > 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else root = nodeHash(sha256, root, sibling);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : undefined;
}
