import { checkInteger } from '@evolock/direct-serialise/arguments';
import {
  compactSingleKes,
  singleKes,
  type CompactSingleKesShape,
  type DsignAlgorithm,
  type DsignShape,
  type KesAlgorithm,
  type KesShape,
  type Shown,
  type SingleKesShape,
} from '@evolock/kes-single';
import {
  compactSumKes,
  MAX_DEPTH,
  sumKes,
  type CompactSumKesShape,
  type SumKesShape,
} from './sum-kes.js';

/** A depth that there is, as a literal: 0 to 20. */
export type KesDepth =
  0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20;

/** The depth itself where it is a number or a literal that there is; for other literals, what the compiler will say. */
export type CheckedDepth<Depth extends number> = number extends Depth
  ? Depth
  : Depth extends KesDepth
    ? Depth
    : 'a depth is an integer from 0 to 20';

/** The shape of {@link sumKesOfDepth}: all literals where the depth is one, else numbers. */
export type SumKesShapeOfDepth<
  Dsign extends DsignShape,
  Depth extends number,
> = number extends Depth
  ? KesShape & { readonly dsign: Dsign['name']; readonly variant: 'sum' }
  : // One shape for each member of a union of depths.
    Depth extends KesDepth
    ? SumUpTo<Depth, SingleKesShape<Dsign>>
    : never;

type SumUpTo<Depth extends number, Shape extends KesShape> = Shape['depth'] extends Depth
  ? Shape
  : SumUpTo<Depth, SumKesShape<Shape>>;

/** The shape of {@link compactSumKesOfDepth}: all literals where the depth is one, else numbers. */
export type CompactSumKesShapeOfDepth<
  Dsign extends DsignShape,
  Depth extends number,
> = number extends Depth
  ? KesShape & { readonly dsign: Dsign['name']; readonly variant: 'compact' }
  : // One shape for each member of a union of depths.
    Depth extends KesDepth
    ? CompactSumUpTo<Depth, CompactSingleKesShape<Dsign>>
    : never;

type CompactSumUpTo<Depth extends number, Shape extends KesShape> = Shape['depth'] extends Depth
  ? Shape
  : CompactSumUpTo<Depth, CompactSumKesShape<Shape>>;

/**
 * The sum composition of a given depth: 2^depth periods.
 *
 * @param dsign - The leaf scheme: `ed25519`.
 * @param depth - Levels above the leaf, 0 to 20.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION` when the leaf's seeds have not 32 bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, sumKesOfDepth } from '@evolock/kes-sum';
 *
 * const algorithm = sumKesOfDepth(ed25519, 10);
 * const periods: 1024 = algorithm.totalPeriods;
 * assert.deepEqual([periods, algorithm.signatureSize], [1024, 704]);
 * ```
 */
export function sumKesOfDepth<Dsign extends DsignShape, Depth extends number>(
  dsign: DsignAlgorithm<Dsign>,
  depth: CheckedDepth<Depth>,
): KesAlgorithm<Shown<SumKesShapeOfDepth<Dsign, Depth>>> {
  const levels = checkInteger('depth', depth, 0, MAX_DEPTH);
  let algorithm: KesAlgorithm<KesShape & { readonly variant: 'sum' }> = singleKes(dsign);
  for (let level = 0; level < levels; level += 1) algorithm = sumKes(algorithm);
  // The depth of the loop is no type: the type tests hold the two together.
  return algorithm as unknown as KesAlgorithm<Shown<SumKesShapeOfDepth<Dsign, Depth>>>;
}

/**
 * The compact sum composition of a given depth: 2^depth periods.
 *
 * @param dsign - The leaf scheme: `ed25519`.
 * @param depth - Levels above the leaf, 0 to 20.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION` when the leaf's seeds have not 32 bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compactSumKesOfDepth, ed25519 } from '@evolock/kes-sum';
 *
 * assert.equal(compactSumKesOfDepth(ed25519, 6).signatureSize, 288);
 * ```
 */
export function compactSumKesOfDepth<Dsign extends DsignShape, Depth extends number>(
  dsign: DsignAlgorithm<Dsign>,
  depth: CheckedDepth<Depth>,
): KesAlgorithm<Shown<CompactSumKesShapeOfDepth<Dsign, Depth>>> {
  const levels = checkInteger('depth', depth, 0, MAX_DEPTH);
  let algorithm: KesAlgorithm<KesShape & { readonly variant: 'compact' }> = compactSingleKes(dsign);
  for (let level = 0; level < levels; level += 1) algorithm = compactSumKes(algorithm);
  // As above.
  return algorithm as unknown as KesAlgorithm<Shown<CompactSumKesShapeOfDepth<Dsign, Depth>>>;
}
