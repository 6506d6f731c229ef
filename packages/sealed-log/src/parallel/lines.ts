/**
 * Lines of a log and their hashes, in memory that threads share: the thread that reads the log puts lines in, another thread
 * puts the hashes beside them. Nothing is copied, and the memory is used again.
 */
import { hash } from 'node:crypto';
import { HASH_SIZE, NODE_PREFIX, SUBTREE_WIDTH } from '../format/tree.js';
import { LEAF_ROOM, LeafInput } from '../native.js';

/** The most lines of a slot. */
export const MOST_LINES = 8192;

const NEWLINE = 0x0a;
const ENDS_SIZE = MOST_LINES * Uint32Array.BYTES_PER_ELEMENT;
const LEAVES_SIZE = MOST_LINES * HASH_SIZE;
const ROOTS_SIZE = LEAVES_SIZE / SUBTREE_WIDTH;
const TEXT_OFFSET = ENDS_SIZE + LEAVES_SIZE + ROOTS_SIZE;

/** Where lines begin in the text of a slot. */
export const LINES_OFFSET = LEAF_ROOM;

/** Memory for lines and their hashes. */
export class LineSlot {
  /** Where each line ends: bytes from the beginning of the first, its newline included. */
  readonly ends: Uint32Array;
  /** The leaves, one after the other. */
  readonly leaves: Buffer;
  /** The roots of the complete subtrees of these lines, one after the other. */
  readonly roots: Buffer;
  /** Room for one line, and the lines. */
  readonly text: Buffer;
  /** What is hashed of a line of the text. */
  readonly input: LeafInput;

  private constructor(memory: SharedArrayBuffer, from: number, size: number) {
    const leaves = from + ENDS_SIZE;
    const roots = leaves + LEAVES_SIZE;
    this.ends = new Uint32Array(memory, from, MOST_LINES);
    this.leaves = Buffer.from(memory, leaves, LEAVES_SIZE);
    this.roots = Buffer.from(memory, roots, ROOTS_SIZE);
    this.text = Buffer.from(memory, roots + ROOTS_SIZE, size - TEXT_OFFSET);
    this.input = new LeafInput(this.text);
  }

  /** Memory for a number of slots, each with room for at least so many bytes of lines. */
  static memory(count: number, bytes: number): SharedArrayBuffer {
    const words = Math.ceil((TEXT_OFFSET + LINES_OFFSET + bytes) / Uint32Array.BYTES_PER_ELEMENT);
    return new SharedArrayBuffer(count * words * Uint32Array.BYTES_PER_ELEMENT);
  }

  /** The slots in a memory. */
  static allIn(memory: SharedArrayBuffer, count: number): LineSlot[] {
    const size = memory.byteLength / count;
    return Array.from({ length: count }, (_, index) => new LineSlot(memory, index * size, size));
  }
}

/** The number of lines before the first subtree. */
export function linesBeforeSubtree(firstLine: number): number {
  return (SUBTREE_WIDTH - (firstLine % SUBTREE_WIDTH)) % SUBTREE_WIDTH;
}

/** The nodes of a subtree that is being hashed: one for each level, with the left child or both. */
const nodes = Array.from({ length: Math.log2(SUBTREE_WIDTH) }, () =>
  Buffer.concat([NODE_PREFIX, new Uint8Array(2 * HASH_SIZE)]),
);

/** Adds a leaf to the subtree. Returns the root when the leaf is the last. Hashes are text, which is the fastest. */
function rootAfter(leaf: string, place: number): string | undefined {
  let child = leaf;
  let at = place % SUBTREE_WIDTH;
  for (const node of nodes) {
    node.write(child, NODE_PREFIX.length + (at % 2) * HASH_SIZE, HASH_SIZE, 'binary');
    if (at % 2 === 0) return undefined;
    child = hash('sha256', node, 'binary');
    at = (at - 1) / 2;
  }
  return child;
}

/** Hashes the lines of a slot. It changes the bytes before them. */
export function hashLines(
  { ends, leaves, roots, text, input }: LineSlot,
  firstLine: number,
  count: number,
): void {
  const before = linesBeforeSubtree(firstLine);
  for (let index = 0, at = LINES_OFFSET; index < count; index += 1) {
    const end = text.indexOf(NEWLINE, at);
    const leaf = hash('sha256', input.of(at, end), 'binary');
    leaves.write(leaf, index * HASH_SIZE, HASH_SIZE, 'binary');
    const place = index - before;
    const root = place < 0 ? undefined : rootAfter(leaf, place);
    if (root !== undefined)
      roots.write(root, Math.floor(place / SUBTREE_WIDTH) * HASH_SIZE, HASH_SIZE, 'binary');
    at = end + 1;
    ends[index] = at - LINES_OFFSET;
  }
}
