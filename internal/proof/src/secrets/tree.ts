/** The seeds of a key. Each has a path from the root: `L` or `R` for the left or right child at each level. */
export type Path = string;

/** The path to a leaf: one letter a level, outermost first. */
export function leafPath(depth: number, period: number): Path {
  return Array.from({ length: depth }, (_, level) =>
    ((period >> (depth - 1 - level)) & 1) === 0 ? 'L' : 'R',
  ).join('');
}

/** The seeds that a key holds at a period: its leaf, and the right sibling of every left node on the path. */
export function seedsAt(depth: number, period: number): Path[] {
  const leaf = leafPath(depth, period);
  const rights = Array.from(leaf).flatMap((side, level) =>
    side === 'L' ? [`${leaf.slice(0, level)}R`] : [],
  );
  return [leaf, ...rights];
}

/** Every seed that is computed on the way from the root to the leaf of a period. */
export function seedsOnTheWay(depth: number, period: number): Path[] {
  const leaf = leafPath(depth, period);
  const children = Array.from(leaf).flatMap((_, level) => {
    const parent = leaf.slice(0, level);
    return [`${parent}L`, `${parent}R`];
  });
  return ['', ...children];
}

/** The periods of a key, first to last. */
export function periodsOf(depth: number): number[] {
  return Array.from({ length: 2 ** depth }, (_, period) => period);
}
