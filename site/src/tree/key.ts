/**
 * A Sum key as a drawing shows it: which seeds are in memory, and what each step makes and erases. It has no cryptography.
 * A test compares it with the keys of kes-sum.
 */

/** A node of the tree: the periods from `first` on, 2 ^ `height` of them. A node of height 0 is a leaf: one period. */
export interface Node {
  readonly first: number;
  readonly height: number;
}

/** A key in memory. */
export interface Key {
  readonly depth: number;
  /** The current period; `undefined` after release. */
  readonly period: number | undefined;
  /** What is in memory, 32 bytes each: the current leaf, then the seeds of right halves, the lowest first. */
  readonly held: readonly Node[];
}

/** What a step did, in order. */
export type Change =
  /** A seed gave the seeds of its two halves, and was erased. */
  | { readonly kind: 'opened'; readonly node: Node; readonly left: Node; readonly right: Node }
  | { readonly kind: 'erased'; readonly node: Node };

/** A key after a step. */
export interface Stepped {
  readonly key: Key;
  readonly changes: readonly Change[];
}

/** The last period of a node. */
export function lastPeriod({ first, height }: Node): number {
  return first + 2 ** height - 1;
}

/** A new key: the seed of the whole tree is opened down to the first leaf. */
export function newKey(depth: number): Stepped {
  const { leaf, rights, changes } = opened({ first: 0, height: depth });
  return { key: { depth, period: 0, held: [leaf, ...rights] }, changes };
}

/** The key at the next period; `undefined` when it has none. */
export function evolved({ depth, period, held }: Key): Stepped | undefined {
  const [leaf, next, ...rest] = held;
  if (period === undefined || leaf === undefined || next === undefined) return undefined;
  const below = opened(next);
  return {
    key: { depth, period: period + 1, held: [below.leaf, ...below.rights, ...rest] },
    changes: [{ kind: 'erased', node: leaf }, ...below.changes],
  };
}

/** The key after its release: everything is erased. */
export function released({ depth, held }: Key): Stepped {
  return {
    key: { depth, period: undefined, held: [] },
    changes: held.map((node) => ({ kind: 'erased', node })),
  };
}

/** The two halves of a node. */
export function halves({ first, height }: Node): readonly [left: Node, right: Node] {
  const half = height - 1;
  return [
    { first, height: half },
    { first: first + 2 ** half, height: half },
  ];
}

/** Opens a seed, its left half, and so on, down to a leaf. The seeds of the right halves stay in memory. */
function opened(top: Node) {
  const rights: Node[] = [];
  const changes: Change[] = [];
  let leaf = top;
  while (leaf.height > 0) {
    const [left, right] = halves(leaf);
    changes.push({ kind: 'opened', node: leaf, left, right });
    rights.unshift(right);
    leaf = left;
  }
  return { leaf, rights, changes };
}

/** The periods for which someone who copied the memory could sign: every leaf below what is held. */
export function periodsWithin(held: readonly Node[]): number[] {
  return held
    .flatMap((node) => Array.from({ length: 2 ** node.height }, (_, index) => node.first + index))
    .sort((one, other) => one - other);
}
