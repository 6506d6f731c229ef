import { checkBytes, checkOptions } from '@evolock/direct-serialise/arguments';
import {
  BLAKE2B_256_SIZE,
  CHILD_SEED_SIZE,
  EvolockError,
  KesPeriodError,
  type AllocationOptions,
  type KesAlgorithm,
  type KesReadOptions,
  type KesShape,
  type KesSignature,
  type KesSigningKey,
  type KesVariant,
  type KesVerificationKey,
  type MLockedSeed,
  type Pull,
  type Sum,
} from '@evolock/kes-single';
import {
  checkPeriod,
  compositionOf,
  registerComposition,
  type KesComposition,
} from '@evolock/kes-single/composition';
import { EvolutionBench } from './evolution-bench.js';
import { SumKesSigningKey, type SumParts } from './sum-signing-key.js';
import { TreeGeometry } from './tree-geometry.js';
import { CompactVerifier, SumVerifier, type Verifier } from './verifier.js';

/** The greatest depth: 1,048,576 periods, a table of 64 MiB a key, and half a minute to generate one. */
export const MAX_DEPTH = 20;

/**
 * An algorithm that cannot be composed: it was not made by the constructors of these packages, is of the other
 * variant, has seeds of another size than the 32 bytes that an expansion yields, or is as deep as can be.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compactSingleKes, ed25519, sumKes } from '@evolock/kes-sum';
 *
 * assert.throws(
 *   // @ts-expect-error -- the compiler refuses it as well
 *   () => sumKes(compactSingleKes(ed25519)),
 *   { code: 'ERR_EVOLOCK_KES_COMPOSITION' },
 * );
 * ```
 */
export class CompositionError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_COMPOSITION';

  constructor(constructor: string, inner: string, why: string) {
    super(`${constructor} does not accept ${inner}: ${why}`);
  }
}

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
): KesAlgorithm<SumKesShape<Inner>> {
  // The sizes are computed twice, in values and in types; the type tests hold the two together.
  return compose('sumKes', inner, 'sum') as unknown as KesAlgorithm<SumKesShape<Inner>>;
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
): KesAlgorithm<CompactSumKesShape<Inner>> {
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
  const composition = compositionOf(inner);
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

function nameOf(inner: unknown): string {
  if (typeof inner !== 'object' || inner === null)
    return `a value of type ${inner === null ? 'null' : typeof inner}`;
  try {
    const { name } = inner as { name?: unknown };
    return typeof name === 'string' && name.length <= 100 ? name : 'an object without a name';
  } catch {
    // A getter or a proxy that throws: it has no name that could be told.
    return 'an object without a name';
  }
}

class SumKes implements KesAlgorithm {
  readonly #verifier: Verifier;
  readonly #parts: SumParts;
  readonly name: string;
  readonly variant: KesVariant;
  readonly depth: number;
  readonly totalPeriods: number;
  readonly seedSize = CHILD_SEED_SIZE;
  readonly verificationKeySize = BLAKE2B_256_SIZE;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  readonly lockedSize: number;

  constructor(geometry: TreeGeometry, variant: KesVariant) {
    const { dsign, depth } = geometry;
    const pairs = sizeOfPairs(geometry);
    this.#parts = { algorithm: this, geometry, bench: reserved(geometry) };
    this.variant = variant;
    this.depth = depth;
    this.totalPeriods = geometry.totalPeriods;
    this.lockedSize = geometry.secretSize;
    this.signingKeySize = dsign.signingKeySize + CHILD_SEED_SIZE * depth + pairs;
    if (variant === 'sum') {
      this.name = `${dsign.name}_kes_2^${String(depth)}`;
      this.signatureSize = dsign.signatureSize + pairs;
      this.#verifier = new SumVerifier(geometry, this.signatureSize);
    } else {
      this.name = `${dsign.name}_compact_kes_2^${String(depth)}`;
      this.signatureSize = dsign.signatureSize + dsign.verificationKeySize + pairs / 2;
      this.#verifier = new CompactVerifier(geometry, this.signatureSize);
    }
  }

  generateKey(seed: MLockedSeed, options?: AllocationOptions): KesSigningKey {
    return SumKesSigningKey.generate(this.#parts, seed, options);
  }

  directDeserialise(pull: Pull, options?: KesReadOptions): KesSigningKey {
    const { period } = checkOptions(options);
    if (period !== undefined && !this.#hasPeriod(checkPeriod('options.period', period))) {
      throw new KesPeriodError(
        'options.period',
        period,
        `a period from 0 to ${String(this.totalPeriods - 1)}`,
      );
    }
    return SumKesSigningKey.read(this.#parts, pull, options);
  }

  verify(
    verificationKey: KesVerificationKey,
    period: number,
    message: Uint8Array,
    signature: KesSignature,
  ): boolean {
    const key = checkBytes('verificationKey', verificationKey);
    const bytes = checkBytes('message', message);
    const candidate = checkBytes('signature', signature);
    if (!this.#hasPeriod(checkPeriod('period', period))) return false;
    if (key.byteLength !== this.verificationKeySize) return false;
    if (candidate.byteLength !== this.signatureSize) return false;
    return this.#verifier.verify(key, period, bytes, candidate);
  }

  #hasPeriod(period: number): boolean {
    return period >= 0 && period < this.totalPeriods;
  }
}

/** The bench of an algorithm, reserved at the first call: who only verifies needs no locked memory. */
function reserved(geometry: TreeGeometry): () => EvolutionBench {
  let bench: EvolutionBench | undefined;
  return () => (bench ??= new EvolutionBench(geometry));
}

function sizeOfPairs(geometry: TreeGeometry): number {
  let size = 0;
  for (let level = 0; level < geometry.depth; level += 1) size += 2 * geometry.keySize(level);
  return size;
}
