import type { AsyncImplementation } from './async-implementation.js';

/**
 * The same implementation without what is deeper.
 *
 * @internal
 */
export function limitDepth(
  implementation: AsyncImplementation,
  maxDepth: number,
): AsyncImplementation {
  const { seed, dsign } = implementation;
  if (implementation.kes === undefined) return implementation;
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(dsign === undefined ? {} : { dsign }),
    kes: (algorithm, depth) =>
      depth <= maxDepth ? implementation.kes?.(algorithm, depth) : undefined,
  };
}
