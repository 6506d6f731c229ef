import { checkBytes, checkOptions } from '@evolock/direct-serialise/arguments';
import {
  BLAKE2B_256_SIZE,
  CHILD_SEED_SIZE,
  KesPeriodError,
  PublicBytesType,
  type KesAlgorithm,
  type KesKeyOptions,
  type KesReadOptions,
  type KesSignature,
  type KesSigningKey,
  type KesVariant,
  type KesVerificationKey,
  type MLockedSeed,
  type Pull,
} from '@evolock/kes-single';
import { checkPeriod } from '@evolock/kes-single/composition';
import { EXPANSION_BENCH_SIZE } from '@evolock/kes-single/unsound-memory';
import { benchSize, EvolutionBench } from './evolution-bench.js';
import { blocksSize } from './key-blocks.js';
import { SumKesSigningKey, type SumParts } from './sum-signing-key.js';
import type { TreeGeometry } from './tree-geometry.js';
import { CompactVerifier, SumVerifier, type Verifier } from './verifier.js';

let read: (algorithm: SumKes, pull: Pull, options?: KesReadOptions) => KesSigningKey;

/**
 * A composed algorithm: one flat tree, whatever it was composed of.
 *
 * @internal
 */
export class SumKes implements KesAlgorithm {
  /** Made at the first verification: an import makes sixteen algorithms. */
  #verifier: Verifier | undefined;
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
  readonly benchSizes: readonly number[];
  readonly verificationKeyType: PublicBytesType<KesVerificationKey>;
  readonly signatureType: PublicBytesType<KesSignature>;

  constructor(geometry: TreeGeometry, variant: KesVariant) {
    const { dsign, depth } = geometry;
    const pairs = sizeOfPairs(geometry);
    const leafSignature = new Uint8Array(dsign.signatureSize);
    this.variant = variant;
    this.depth = depth;
    this.totalPeriods = geometry.totalPeriods;
    this.lockedSize = geometry.secretSize;
    this.benchSizes = Object.freeze([
      benchSize(geometry),
      blocksSize(geometry),
      EXPANSION_BENCH_SIZE,
      CHILD_SEED_SIZE,
    ]);
    this.signingKeySize = dsign.signingKeySize + CHILD_SEED_SIZE * depth + pairs;
    if (variant === 'sum') {
      this.name = `${dsign.name}_kes_2^${String(depth)}`;
      this.signatureSize = dsign.signatureSize + pairs;
    } else {
      this.name = `${dsign.name}_compact_kes_2^${String(depth)}`;
      this.signatureSize = dsign.signatureSize + dsign.verificationKeySize + pairs / 2;
    }
    const bench = reserved(geometry);
    this.#parts = { algorithm: this, geometry, leafSignature, spareSignature: undefined, bench };
    this.verificationKeyType = new PublicBytesType('verificationKey', this.verificationKeySize);
    this.signatureType = new PublicBytesType('signature', this.signatureSize);
  }

  static {
    read = (algorithm, pull, options) =>
      SumKesSigningKey.readUnchecked(algorithm.#parts, pull, algorithm.#checkReadOptions(options));
  }

  /** {@inheritDoc KesAlgorithm.generateKey} */
  generateKey(seed: MLockedSeed, options?: KesKeyOptions): KesSigningKey {
    return SumKesSigningKey.generate(this.#parts, seed, options);
  }

  /** {@inheritDoc KesAlgorithm.directDeserialise} */
  directDeserialise(pull: Pull, options?: KesReadOptions): KesSigningKey {
    return SumKesSigningKey.read(this.#parts, pull, this.#checkReadOptions(options));
  }

  #checkReadOptions(options: KesReadOptions | undefined): KesReadOptions | undefined {
    const { period } = checkOptions(options);
    if (period !== undefined && !this.#hasPeriod(checkPeriod('options.period', period))) {
      throw new KesPeriodError(
        'options.period',
        period,
        `a period from 0 to ${String(this.totalPeriods - 1)}`,
      );
    }
    return options;
  }

  /** {@inheritDoc KesAlgorithm.verify} */
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
    this.#verifier ??= this.#newVerifier();
    return this.#verifier.verify(key, period, bytes, candidate);
  }

  #newVerifier(): Verifier {
    const SumOrCompact = this.variant === 'sum' ? SumVerifier : CompactVerifier;
    return new SumOrCompact(this.#parts.geometry, this.signatureSize);
  }

  #hasPeriod(period: number): boolean {
    return period >= 0 && period < this.totalPeriods;
  }
}

/** The bench of an algorithm, reserved at the first call: verification needs no locked memory. */
function reserved(geometry: TreeGeometry): () => EvolutionBench {
  let bench: EvolutionBench | undefined;
  return () => (bench ??= new EvolutionBench(geometry));
}

function sizeOfPairs(geometry: TreeGeometry): number {
  let size = 0;
  for (let level = 0; level < geometry.depth; level += 1) size += 2 * geometry.keySize(level);
  return size;
}

/**
 * Reads a key of a composed algorithm without checking it.
 *
 * @internal
 */
export function readUnchecked(
  algorithm: SumKes,
  pull: Pull,
  options?: KesReadOptions,
): KesSigningKey {
  return read(algorithm, pull, options);
}
