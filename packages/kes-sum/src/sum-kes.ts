import {
  CHILD_SEED_SIZE,
  type KesAlgorithm,
  type KesShape,
  type KesVariant,
  type Shown,
  type Sum,
} from '@evolock/kes-single';
import {
  compositionOf,
  registerComposition,
  type KesComposition,
} from '@evolock/kes-single/composition';
import { CompositionError, nameOf } from './errors.js';
import { SumKes } from './sum-algorithm.js';
import { TreeGeometry } from './tree-geometry.js';

/** The greatest depth: 1,048,576 periods, a table of 64 MiB a key, and half a minute to generate one. */
export const MAX_DEPTH = 20;

/** The shape of {@link sumKes} over an algorithm. */
export interface SumKesShape<Inner extends KesShape> {
  readonly name: `${Inner['dsign']}_kes_2^${Sum<Inner['depth'], 1>}`;
  readonly dsign: Inner['dsign'];
  readonly variant: 'sum';
  readonly depth: Sum<Inner['depth'], 1>;
  readonly totalPeriods: Sum<Inner['totalPeriods'], Inner['totalPeriods']>;
  readonly seedSize: 32;
  readonly verificationKeySize: 32;
  readonly signatureSize: Sum<Inner['signatureSize'], Doubled<Inner['verificationKeySize']>>;
  readonly signingKeySize: Sum<
    Inner['signingKeySize'],
    Sum<32, Doubled<Inner['verificationKeySize']>>
  >;
}

/** The shape of {@link compactSumKes} over an algorithm. */
export interface CompactSumKesShape<Inner extends KesShape> {
  readonly name: `${Inner['dsign']}_compact_kes_2^${Sum<Inner['depth'], 1>}`;
  readonly dsign: Inner['dsign'];
  readonly variant: 'compact';
  readonly depth: Sum<Inner['depth'], 1>;
  readonly totalPeriods: Sum<Inner['totalPeriods'], Inner['totalPeriods']>;
  readonly seedSize: 32;
  readonly verificationKeySize: 32;
  readonly signatureSize: Sum<Inner['signatureSize'], Inner['verificationKeySize']>;
  readonly signingKeySize: Sum<
    Inner['signingKeySize'],
    Sum<32, Doubled<Inner['verificationKeySize']>>
  >;
}

type Doubled<Value extends number> = Sum<Value, Value>;

/**
 * Doubles the periods of a key evolving scheme: the sum composition. Signatures carry both verification keys of every
 * level.
 *
 * @param inner - `singleKes(…)` or `sumKes(…)`.
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION`.
 * @throws {@link DuplicatePackageError} `ERR_EVOLOCK_DUPLICATE_PACKAGE`.
 *
 * Source: Malkin, Micciancio, Miner, section 3.1; `SumKES` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes, sumKes } from '@evolock/kes-sum';
 *
 * const algorithm = sumKes(sumKes(singleKes(ed25519)));
 * const periods: 4 = algorithm.totalPeriods;
 * assert.equal(algorithm.name, 'ed25519_kes_2^2');
 * assert.deepEqual([periods, algorithm.signatureSize], [4, 192]);
 * ```
 */
export function sumKes<Inner extends KesShape & { readonly variant: 'sum' }>(
  inner: KesAlgorithm<Inner>,
): KesAlgorithm<Shown<SumKesShape<Inner>>> {
  // The sizes are computed twice, in values and in types; the type tests hold the two together.
  return compose('sumKes', inner, 'sum') as unknown as KesAlgorithm<Shown<SumKesShape<Inner>>>;
}

/**
 * Doubles the periods of a compact key evolving scheme: the sum composition whose signatures carry one sibling a level.
 *
 * @param inner - `compactSingleKes(…)` or `compactSumKes(…)`.
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION`.
 * @throws {@link DuplicatePackageError} `ERR_EVOLOCK_DUPLICATE_PACKAGE`.
 *
 * Source: `CompactSumKES` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compactSingleKes, compactSumKes, ed25519 } from '@evolock/kes-sum';
 *
 * const algorithm = compactSumKes(compactSingleKes(ed25519));
 * assert.equal(algorithm.name, 'ed25519_compact_kes_2^1');
 * assert.equal(algorithm.signatureSize, 128);
 * ```
 */
export function compactSumKes<Inner extends KesShape & { readonly variant: 'compact' }>(
  inner: KesAlgorithm<Inner>,
): KesAlgorithm<Shown<CompactSumKesShape<Inner>>> {
  // As above.
  return compose('compactSumKes', inner, 'compact') as unknown as KesAlgorithm<
    CompactSumKesShape<Inner>
  >;
}

function compose(constructor: string, inner: unknown, variant: KesVariant): KesAlgorithm {
  const { dsign, depth } = checkInner(constructor, inner, variant);
  const algorithm = new SumKes(new TreeGeometry(dsign, depth + 1), variant);
  return registerComposition(algorithm, { dsign, depth: depth + 1, variant });
}

function checkInner(constructor: string, inner: unknown, variant: KesVariant): KesComposition {
  const composition = compositionOf(inner, 'inner');
  const refuse = (why: string) => new CompositionError(constructor, nameOf(inner), why);
  if (composition === undefined) {
    throw refuse('it was not made by singleKes, compactSingleKes, sumKes or compactSumKes');
  }
  if (composition.variant !== variant) {
    throw refuse(
      `it is ${composition.variant}; compose it with ${variant === 'sum' ? 'compactSumKes' : 'sumKes'}`,
    );
  }
  if (composition.dsign.seedSize !== CHILD_SEED_SIZE) {
    throw refuse(
      `its seeds have ${String(composition.dsign.seedSize)} bytes, an expanded seed has 32`,
    );
  }
  if (composition.depth >= MAX_DEPTH) throw refuse(`the greatest depth is ${String(MAX_DEPTH)}`);
  return composition;
}
