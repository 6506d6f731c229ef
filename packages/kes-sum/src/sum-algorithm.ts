import { checkBytes, checkFunction, checkOptions } from '@evolock/direct-serialise/arguments';
import {
  BLAKE2B_256_SIZE,
  checkSeed,
  CHILD_SEED_SIZE,
  KesPeriodError,
  type AllocationOptions,
  type KesAlgorithm,
  type KesReadOptions,
  type KesSignature,
  type KesSigningKey,
  type KesVariant,
  type KesVerificationKey,
  type MLockedSeed,
  type Pull,
} from '@evolock/kes-single';
import { checkPeriod, EXPANSION_BENCH_SIZE } from '@evolock/kes-single/unsound';
import { benchSize, EvolutionBench } from './key/evolution-bench.js';
import { blocksSize } from './key/key-blocks.js';
import { writeCompactTail, writeSumTail } from './key/signature-tail.js';
import { SumKesSigningKey, type SumParts } from './key/sum-signing-key.js';
import type { TreeGeometry } from './tree/tree-geometry.js';
import { CompactVerifier, SumVerifier, type Verifier } from './verify/verifier.js';

/**
 * A composed algorithm: one flat tree.
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

  constructor(geometry: TreeGeometry, variant: KesVariant) {
    const { dsign, depth, pathSize } = geometry;
    const isSum = variant === 'sum';
    this.name = `${dsign.name}${isSum ? '' : '_compact'}_kes_2^${String(depth)}`;
    this.variant = variant;
    this.depth = depth;
    this.totalPeriods = geometry.totalPeriods;
    this.signatureSize =
      dsign.signatureSize + (isSum ? pathSize : dsign.verificationKeySize + pathSize / 2);
    this.signingKeySize = dsign.signingKeySize + CHILD_SEED_SIZE * depth + pathSize;
    this.lockedSize = geometry.secretSize;
    this.benchSizes = Object.freeze([
      benchSize(geometry),
      blocksSize(geometry),
      EXPANSION_BENCH_SIZE,
      CHILD_SEED_SIZE,
    ]);
    let bench: EvolutionBench | undefined;
    this.#parts = {
      algorithm: this,
      geometry,
      writeTail: isSum ? writeSumTail : writeCompactTail,
      leafSignature: new Uint8Array(dsign.signatureSize),
      spareSignature: undefined,
      // At the first call: verification needs no locked memory.
      bench: () => (bench ??= new EvolutionBench(geometry)),
    };
  }

  /** {@inheritDoc KesAlgorithm.generateKey} */
  generateKey(seed: MLockedSeed, options?: AllocationOptions): KesSigningKey {
    const checked = checkSeed('seed', seed, CHILD_SEED_SIZE);
    return SumKesSigningKey.generate(this.#parts, checked, options);
  }

  /**
   * Reads a signing key.
   *
   * @throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD`, and what {@link SumKesSigningKey.read} throws.
   */
  directDeserialise(pull: Pull, options?: KesReadOptions): KesSigningKey {
    checkFunction('pull', pull);
    const { period } = checkOptions(options);
    if (period !== undefined && !this.#hasPeriod(checkPeriod('options.period', period))) {
      const last = String(this.totalPeriods - 1);
      throw new KesPeriodError('options.period', period, `a period from 0 to ${last}`);
    }
    return SumKesSigningKey.read(this.#parts, pull, period, options);
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
