/** Where the nodes of a tree are drawn, and how each is shown. */
import { halves, lastPeriod, type Key, type Node } from './key.js';
import type { Signature } from './signature.js';

/**
 * - `current`: the leaf that signs, in memory.
 * - `held`: a seed in memory.
 * - `future`: can be made from a seed in memory, and is not made yet.
 * - `opened`: was a seed, gave its two halves and was erased; something below it is in memory.
 * - `past`: erased, and nothing in memory can make it again.
 */
export type Standing = 'current' | 'held' | 'future' | 'opened' | 'past';

/** A node in the drawing, in units of its view box. */
export interface Drawn {
  readonly node: Node;
  readonly standing: Standing;
  /**
   * The part in the signature that is shown.
   * - `path`: from the root to the leaf that signed. But for the root, the signature has its verification key.
   * - `beside`: the other half of a pair. The signature has its verification key too.
   */
  readonly signed: 'path' | 'beside' | undefined;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** The node above; `undefined` for the root. */
  readonly above: Drawn | undefined;
}

/** A drawing, and its size. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** The root first. */
  readonly nodes: readonly Drawn[];
}

/** Units for a leaf, and between two levels. */
const LEAF_WIDTH = 30;
const LEVEL_HEIGHT = 54;
/** Units for a node of several periods. */
const NODE_WIDTH = 50;
/** The highest tree of which every node is drawn. */
const WHOLE = 4;

/**
 * Draws a key and the path of a signature. In a high tree, the nodes below a seed in memory and below an erased node are left
 * out, except on that path.
 */
export function drawingOf(key: Key, signature?: Signature): Drawing {
  const root = placed(key, signature, { first: 0, height: key.depth }, 0);
  const height = LEVEL_HEIGHT * key.depth + LEAF_WIDTH;
  return { width: root.right, height, nodes: listed(root, undefined) };
}

/** A node with its place, the right edge of what is below it, and its halves. */
interface Placed extends Omit<Drawn, 'above'> {
  readonly right: number;
  readonly halves: readonly Placed[];
}

function placed(key: Key, signature: Signature | undefined, node: Node, left: number): Placed {
  const standing = standingOf(key, node);
  const isOnPath =
    signature !== undefined && contains(node, { first: signature.period, height: 0 });
  const space = node.height === 0 ? LEAF_WIDTH : NODE_WIDTH;
  const own = {
    node,
    standing,
    signed: isOnPath ? ('path' as const) : undefined,
    width: space - 5,
    y: LEAF_WIDTH / 2 + LEVEL_HEIGHT * (key.depth - node.height),
  };
  const isOpen = key.depth <= WHOLE || standing === 'opened' || isOnPath;
  if (node.height === 0 || !isOpen)
    return { ...own, x: left + space / 2, right: left + space, halves: [] };
  const [one, other] = halves(node);
  const first = placed(key, signature, one, left);
  const second = placed(key, signature, other, first.right);
  return { ...own, x: (first.x + second.x) / 2, right: second.right, halves: [first, second] };
}

function listed({ halves: below, right: _, ...own }: Placed, above: Drawn | undefined): Drawn[] {
  const beside = above?.signed === 'path' ? ('beside' as const) : undefined;
  const self: Drawn = { ...own, signed: own.signed ?? beside, above };
  return [self, ...below.flatMap((half) => listed(half, self))];
}

function standingOf({ period, held }: Key, node: Node): Standing {
  if (period === undefined || lastPeriod(node) < period) return 'past';
  if (held.some((each) => contains(each, node) && each.height > node.height)) return 'future';
  const isHeld = held.some(({ first, height }) => first === node.first && height === node.height);
  if (!isHeld) return 'opened';
  return node.height === 0 && node.first === period ? 'current' : 'held';
}

function contains(outer: Node, inner: Node): boolean {
  return outer.first <= inner.first && lastPeriod(inner) <= lastPeriod(outer);
}
