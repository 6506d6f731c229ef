/**
 * Lines of a log as a message to a thread, and their hashes as the answer. A message is the number of the first line
 * within its subtree (1 byte), the number of lines (4), a free byte, and the lines, each with its newline. The message of
 * a line that was hashed before is {@link HASHED} and the hash.
 */
import { hash } from 'node:crypto';
import { HASH_SIZE, LEAF_PREFIX, NODE_PREFIX, SUBTREE_WIDTH } from '../format/tree.js';

const COUNT_OFFSET = 1;

/** Where the lines of a message begin. The byte before becomes the prefix of the first leaf. */
export const LINES_OFFSET = 6;

/** In the place of the number of the first line. */
const HASHED = 0xff;

const NEWLINE = 0x0a;

/** The answer of a thread. */
export interface HashedLines {
  /** The leaves, one after the other. */
  readonly leaves: Uint8Array;
  /** Where each line ends: bytes from the beginning of the first, its newline included. */
  readonly ends: Uint32Array;
  /** The roots of the complete subtrees of these lines, one after the other. */
  readonly roots: Uint8Array;
}

/** Completes a message that contains lines. */
export function asMessage(message: Uint8Array, firstLine: number, count: number): Uint8Array {
  message[0] = firstLine % SUBTREE_WIDTH;
  new DataView(message.buffer, message.byteOffset).setUint32(COUNT_OFFSET, count);
  return message;
}

/** The message of a line that was hashed before. */
export function hashedMessage(leaf: Uint8Array): Uint8Array {
  return Uint8Array.of(HASHED, ...leaf);
}

/** The number of lines before the first subtree. */
export function linesBeforeSubtree(firstLine: number): number {
  return (SUBTREE_WIDTH - (firstLine % SUBTREE_WIDTH)) % SUBTREE_WIDTH;
}

/** The nodes of a subtree that is being hashed: one for each level, with the left child or both. */
const nodes = Array.from({ length: Math.log2(SUBTREE_WIDTH) }, () =>
  Buffer.concat([NODE_PREFIX, new Uint8Array(2 * HASH_SIZE)]),
);

/** Adds a leaf to the subtree. Returns the root when the leaf is the last. Hashes are latin-1 text, which is the fastest. */
function rootAfter(leaf: string, place: number): string | undefined {
  let [child, at] = [leaf, place % SUBTREE_WIDTH];
  for (const node of nodes) {
    node.write(child, NODE_PREFIX.length + (at % 2) * HASH_SIZE, HASH_SIZE, 'binary');
    if (at % 2 === 0) return undefined;
    child = hash('sha256', node, 'binary');
    at = (at - 1) / 2;
  }
  return child;
}

/** Hashes the lines of a message. It changes the message. */
export function hashLines(message: Uint8Array): HashedLines {
  const [first = HASHED] = message;
  if (first === HASHED)
    return { leaves: message.slice(1), ends: new Uint32Array(1), roots: new Uint8Array(0) };
  // `Buffer` finds a byte in a fifth of the time that `Uint8Array` takes.
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  const count = bytes.readUInt32BE(COUNT_OFFSET);
  const before = linesBeforeSubtree(first);
  const subtrees = Math.max(0, Math.floor((count - before) / SUBTREE_WIDTH));
  const leaves = Buffer.alloc(count * HASH_SIZE);
  const roots = Buffer.alloc(subtrees * HASH_SIZE);
  const ends = new Uint32Array(count);
  for (let index = 0, at = LINES_OFFSET; index < count; index += 1) {
    const end = bytes.indexOf(NEWLINE, at);
    bytes.set(LEAF_PREFIX, at - LEAF_PREFIX.length);
    const leaf = hash('sha256', bytes.subarray(at - LEAF_PREFIX.length, end), 'binary');
    leaves.write(leaf, index * HASH_SIZE, HASH_SIZE, 'binary');
    const root = index < before ? undefined : rootAfter(leaf, index - before);
    if (root !== undefined)
      roots.write(
        root,
        ((index + 1 - before) / SUBTREE_WIDTH - 1) * HASH_SIZE,
        HASH_SIZE,
        'binary',
      );
    at = end + 1;
    ends[index] = at - LINES_OFFSET;
  }
  return { leaves, ends, roots };
}
