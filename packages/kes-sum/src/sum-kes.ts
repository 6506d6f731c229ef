/** The composition of algorithms: each is one flat tree. */
import { checkInteger } from '@evolock/direct-serialise/arguments';
import {
  BLAKE2B_256_SIZE,
  CHILD_SEED_SIZE,
  compactSingleKes,
  type DsignShape,
  ed25519,
  type Ed25519Shape,
  type KesAlgorithm,
  type KesShape,
  type KesVariant,
  type LeafScheme,
  singleKes,
} from '@evolock/kes-single';
import {
  compositionOf,
  type KesComposition,
  type KesScheme,
  newAlgorithm,
} from '@evolock/kes-single/unsound';
import { CompositionError, nameOf } from './errors.js';
import {
  type CheckedDepth,
  type CompactSumKesOfDepth,
  type CompactSumKesOver,
  MAX_DEPTH,
  type SumKesOfDepth,
  type SumKesOver,
} from './shapes.js';
import { TreeGeometry } from './tree/tree-geometry.js';
import { imageSize } from './key/key-blocks.js';
import { KeyScratch, scratchSize } from './key/key-scratch.js';
import { writeCompactTail, writeSumTail } from './key/signature-tail.js';
import { SumKesSigningKey, type SumParts } from './key/sum-signing-key.js';
import { compactVerifier, sumVerifier, type Verify } from './verify/verifier.js';

/**
 * Doubles the periods of a key evolving scheme: the sum composition, whose signatures hold both verification keys of every
 * level.
 *
 * @param inner - The result of `singleKes` or `sumKes`.
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION`.
 *
 * Source: `SumKES` of cardano-crypto-class; Malkin, Micciancio, Miner, section 3.1.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes, sumKes } from '@evolock/kes-sum/all';
 *
 * const algorithm = sumKes(sumKes(singleKes(ed25519)));
 * assert.deepEqual([algorithm.totalPeriods, algorithm.signatureSize], [4, 192]);
 * ```
 */
export function sumKes<Inner extends KesShape & { readonly variant: 'sum' }>(
  inner: KesAlgorithm<Inner>,
): KesAlgorithm<SumKesOver<Inner>> {
  // The type tests check that types and values state the same sizes, here and below.
  return compose('sumKes', inner, 'sum') as unknown as KesAlgorithm<SumKesOver<Inner>>;
}

/**
 * Doubles the periods of a compact key evolving scheme, the result of `compactSingleKes` or `compactSumKes`, whose
 * signatures hold one sibling of every level (`CompactSumKES` of cardano-crypto-class).
 *
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION`.
 */
export function compactSumKes<Inner extends KesShape & { readonly variant: 'compact' }>(
  inner: KesAlgorithm<Inner>,
): KesAlgorithm<CompactSumKesOver<Inner>> {
  return compose('compactSumKes', inner, 'compact') as unknown as KesAlgorithm<
    CompactSumKesOver<Inner>
  >;
}

/**
 * The sum composition of a given depth: 2^depth periods.
 *
 * @param depth - Levels above the leaf, 0 to 20.
 * @param leaf - The leaf scheme: Ed25519 when absent.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_VALUE` for another depth.
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION` when seeds of the leaf scheme do not have 32 bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { sumKesOfDepth } from '@evolock/kes-sum';
 *
 * assert.equal(sumKesOfDepth(10).totalPeriods, 1024);
 * ```
 */
export function sumKesOfDepth<Depth extends number, Dsign extends DsignShape = Ed25519Shape>(
  depth: CheckedDepth<Depth>,
  leaf?: LeafScheme<Dsign>,
): KesAlgorithm<SumKesOfDepth<Depth, Dsign>> {
  const levels = checkInteger('depth', depth, 0, MAX_DEPTH);
  let algorithm: KesAlgorithm<KesShape & { readonly variant: 'sum' }> = singleKes(given(leaf));
  for (let level = 0; level < levels; level += 1) algorithm = sumKes(algorithm);
  return algorithm as unknown as KesAlgorithm<SumKesOfDepth<Depth, Dsign>>;
}

/** The compact sum composition of a given depth, as {@link sumKesOfDepth} otherwise. */
export function compactSumKesOfDepth<Depth extends number, Dsign extends DsignShape = Ed25519Shape>(
  depth: CheckedDepth<Depth>,
  leaf?: LeafScheme<Dsign>,
): KesAlgorithm<CompactSumKesOfDepth<Depth, Dsign>> {
  const levels = checkInteger('depth', depth, 0, MAX_DEPTH);
  let algorithm: KesAlgorithm<KesShape & { readonly variant: 'compact' }> = compactSingleKes(
    given(leaf),
  );
  for (let level = 0; level < levels; level += 1) algorithm = compactSumKes(algorithm);
  return algorithm as unknown as KesAlgorithm<CompactSumKesOfDepth<Depth, Dsign>>;
}

function given(leaf: LeafScheme = ed25519): LeafScheme {
  return leaf;
}

function compose(constructor: string, inner: unknown, variant: KesVariant): KesAlgorithm {
  const { dsign, depth } = checkInner(constructor, inner, variant);
  const composition = { dsign, depth: depth + 1, variant };
  const geometry = new TreeGeometry(dsign, depth + 1);
  return newAlgorithm(composition, (algorithm) => sumScheme(algorithm, geometry, variant));
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
  const { seedSize } = composition.dsign;
  if (seedSize !== CHILD_SEED_SIZE) {
    throw refuse(`its seeds have ${String(seedSize)} bytes, an expanded seed has 32`);
  }
  if (composition.depth >= MAX_DEPTH) throw refuse(`the greatest depth is ${String(MAX_DEPTH)}`);
  return composition;
}

/** The code of a composed algorithm: one flat tree. */
function sumScheme(
  algorithm: KesAlgorithm,
  geometry: TreeGeometry,
  variant: KesVariant,
): KesScheme {
  const { dsign, pathSize } = geometry;
  const isSum = variant === 'sum';
  const signatureSize =
    dsign.signatureSize + (isSum ? pathSize : dsign.verificationKeySize + pathSize / 2);
  let scratch: KeyScratch | undefined;
  const parts: SumParts = {
    algorithm,
    geometry,
    writeTail: isSum ? writeSumTail : writeCompactTail,
    leafSignature: new Uint8Array(dsign.signatureSize),
    spareSignature: undefined,
    // At the first call: verification needs no locked memory.
    scratch: () => (scratch ??= new KeyScratch(geometry)),
  };
  // Made at the first verification: an import makes algorithms of fourteen depths.
  let verifyPath: Verify | undefined;
  const newVerifier = isSum ? sumVerifier : compactVerifier;
  return {
    seedSize: CHILD_SEED_SIZE,
    verificationKeySize: BLAKE2B_256_SIZE,
    signatureSize,
    signingKeySize: imageSize(geometry),
    lockedSize: geometry.secretSize,
    scratchSizes: [scratchSize(geometry), CHILD_SEED_SIZE],
    generate: (seed, options) => SumKesSigningKey.generate(parts, seed, options),
    read: (request) => SumKesSigningKey.read(parts, request),
    verify(verificationKey, period, message, signature) {
      verifyPath ??= newVerifier(geometry, signatureSize);
      return verifyPath(verificationKey, period, message, signature);
    },
  };
}
