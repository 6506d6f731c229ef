/** Where the nodes of a tree are drawn, and how each is shown. */
import { halves, lastPeriod, type Key, type Node } from './key.js';

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
  readonly x: number;
  readonly y: number;
  /** The node above; `undefined` for the root. */
  readonly above: { readonly x: number; readonly y: number } | undefined;
}

/** Units between two leaves, and between two levels. */
export const LEAF_WIDTH = 30;
export const LEVEL_HEIGHT = 54;

/** The size of a drawing. */
export function sizeOf(depth: number): { readonly width: number; readonly height: number } {
  return { width: LEAF_WIDTH * 2 ** depth, height: LEVEL_HEIGHT * depth + LEAF_WIDTH };
}

/** All nodes of a key, the root first. */
export function drawn(key: Key): Drawn[] {
  return below(key, { first: 0, height: key.depth }, undefined);
}

function below(key: Key, node: Node, above: Drawn['above']): Drawn[] {
  const place = placeOf(key.depth, node);
  const self: Drawn = { node, standing: standingOf(key, node), ...place, above };
  if (node.height === 0) return [self];
  return [self, ...halves(node).flatMap((half) => below(key, half, place))];
}

function placeOf(depth: number, { first, height }: Node) {
  return {
    x: LEAF_WIDTH * (first + 2 ** height / 2),
    y: LEAF_WIDTH / 2 + LEVEL_HEIGHT * (depth - height),
  };
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
