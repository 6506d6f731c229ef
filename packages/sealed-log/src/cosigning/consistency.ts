/** Proofs that a tree contains an earlier one: RFC 6962, section 2.1.2. */
import { Frontier, type Sha256 } from '../format/tree.js';

/** Leaves of a subtree: `to` is not included. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** A tree, and the proof that it contains an earlier one. */
export interface GrownTree {
  readonly tree: Frontier;
  readonly proof: readonly Uint8Array[];
}

/**
 * Grows a tree, and proves that the grown one contains it. Every node of the proof is one of the frontier of the old tree, or
 * covers later leaves only.
 * The leaves are the hashes of the entries behind the old tree, up to the size.
 */
export function grow(
  sha256: Sha256,
  old: Frontier,
  leaves: Iterable<Uint8Array>,
  size: number,
): GrownTree {
  const parts = old.size === 0 ? [] : partsOf(old.size, { from: 0, to: size }, true);
  const later = parts
    .filter(({ from }) => from >= old.size)
    .map((part) => ({ part, tree: new Frontier(sha256) }))
    .sort((one, other) => one.part.from - other.part.from);
  const tree = old.fork();
  let current = 0;
  for (const leaf of leaves) {
    while ((later[current]?.part.to ?? Infinity) <= tree.size) current += 1;
    later[current]?.tree.append(leaf);
    tree.append(leaf);
  }
  const nodes = nodesOf(old);
  for (const { part, tree: subtree } of later) nodes.set(part.from, subtree.root());
  return { tree, proof: parts.flatMap(({ from }) => nodes.get(from) ?? []) };
}

/** The subtrees whose roots are the proof, in its order. */
function partsOf(old: number, { from, to }: Part, isWhole: boolean): Part[] {
  if (old === to) return isWhole ? [] : [{ from, to }];
  let width = 1;
  while (2 * width < to - from) width *= 2;
  const middle = from + width;
  return old <= middle
    ? [...partsOf(old, { from, to: middle }, isWhole), { from: middle, to }]
    : [...partsOf(old, { from: middle, to }, false), { from, to: middle }];
}

/** The roots of the complete subtrees of a tree, by their first leaves. */
function nodesOf({ size, nodes }: Frontier): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  let from = 0;
  for (const node of nodes) {
    found.set(from, node);
    let width = 1;
    while (2 * width <= size - from) width *= 2;
    from += width;
  }
  return found;
}
