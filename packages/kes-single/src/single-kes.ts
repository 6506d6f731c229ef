import { checkBytes, checkOptions } from '@evolock/direct-serialise/arguments';
import type { DsignAlgorithm, DsignShape, MLockedSeed, Pull } from '@evolock/dsign-ed25519';
import { registerComposition } from './composition.js';
import type {
  KesAlgorithm,
  KesKeyOptions,
  KesReadOptions,
  KesSignature,
  KesSigningKey,
  KesVariant,
  KesVerificationKey,
  Shown,
  SingleShape,
} from './kes-algorithm.js';
import { checkDsign, type LeafScheme } from './leaf-scheme.js';
import type { Sum } from './literal-arithmetic.js';
import { KesPeriodError } from './period-error.js';
import { checkPeriod } from './period.js';
import { PublicBytesType } from './public-bytes-type.js';
import { SingleKesSigningKey } from './single-signing-key.js';

/** The shape of {@link singleKes} over a signature scheme. */
export type SingleKesShape<Dsign extends DsignShape> = SingleShape<
  Dsign,
  'sum',
  `${Dsign['name']}_kes_2^0`,
  Dsign['signatureSize']
>;

/** The shape of {@link compactSingleKes} over a signature scheme. */
export type CompactSingleKesShape<Dsign extends DsignShape> = SingleShape<
  Dsign,
  'compact',
  `${Dsign['name']}_compact_kes_2^0`,
  Sum<Dsign['signatureSize'], Dsign['verificationKeySize']>
>;

/**
 * The key evolving scheme of one period: a signature scheme that knows its period. The leaf of `sumKes`.
 *
 * @param dsign - `ed25519`, or another scheme with the same interface.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * Source: `SingleKES` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 *
 * const algorithm = singleKes(ed25519);
 * assert.equal(algorithm.name, 'ed25519_kes_2^0');
 * assert.equal(algorithm.signatureSize, 64);
 * ```
 */
export function singleKes<Dsign extends DsignShape>(
  dsign: DsignAlgorithm<Dsign>,
): KesAlgorithm<Shown<SingleKesShape<Dsign>>> {
  // The sizes are computed twice, in values and in types; the type tests hold the two together.
  return single(dsign, 'sum') as unknown as KesAlgorithm<Shown<SingleKesShape<Dsign>>>;
}

/**
 * The compact key evolving scheme of one period: its signature carries the leaf's verification key. The leaf of
 * `compactSumKes`.
 *
 * @param dsign - `ed25519`, or another scheme with the same interface.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * Source: `CompactSingleKES` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compactSingleKes, ed25519 } from '@evolock/kes-single';
 *
 * const algorithm = compactSingleKes(ed25519);
 * assert.equal(algorithm.name, 'ed25519_compact_kes_2^0');
 * assert.equal(algorithm.signatureSize, 96);
 * ```
 */
export function compactSingleKes<Dsign extends DsignShape>(
  dsign: DsignAlgorithm<Dsign>,
): KesAlgorithm<Shown<CompactSingleKesShape<Dsign>>> {
  return single(dsign, 'compact') as unknown as KesAlgorithm<Shown<CompactSingleKesShape<Dsign>>>;
}

function single(value: unknown, variant: KesVariant): KesAlgorithm {
  const dsign = checkDsign(value);
  return registerComposition(new SingleKes(dsign, variant), { dsign, depth: 0, variant });
}

class SingleKes implements KesAlgorithm {
  readonly #dsign: LeafScheme;
  readonly name: string;
  readonly variant: KesVariant;
  readonly depth = 0;
  readonly totalPeriods = 1;
  readonly seedSize: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  readonly lockedSize: number;
  readonly benchSizes: readonly number[];
  readonly verificationKeyType: PublicBytesType<KesVerificationKey>;
  readonly signatureType: PublicBytesType<KesSignature>;

  constructor(dsign: LeafScheme, variant: KesVariant) {
    this.#dsign = dsign;
    this.name = variant === 'sum' ? `${dsign.name}_kes_2^0` : `${dsign.name}_compact_kes_2^0`;
    this.variant = variant;
    this.seedSize = dsign.seedSize;
    this.verificationKeySize = dsign.verificationKeySize;
    this.signatureSize = dsign.signatureSize + (variant === 'sum' ? 0 : dsign.verificationKeySize);
    this.signingKeySize = dsign.signingKeySize;
    this.lockedSize = dsign.leaf.size;
    this.benchSizes = Object.freeze([dsign.seedSize]);
    this.verificationKeyType = new PublicBytesType('verificationKey', this.verificationKeySize);
    this.signatureType = new PublicBytesType('signature', this.signatureSize);
  }

  generateKey(seed: MLockedSeed, options?: KesKeyOptions): KesSigningKey {
    return SingleKesSigningKey.generate(this.#parts, seed, options);
  }

  directDeserialise(pull: Pull, options?: KesReadOptions): KesSigningKey {
    const { period } = checkOptions(options);
    if (period !== undefined && checkPeriod('options.period', period) !== 0) {
      throw new KesPeriodError(
        'options.period',
        period,
        'period 0, the only one of this algorithm',
      );
    }
    return SingleKesSigningKey.read(this.#parts, pull, options);
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
    if (checkPeriod('period', period) !== 0) return false;
    if (key.byteLength !== this.verificationKeySize) return false;
    if (candidate.byteLength !== this.signatureSize) return false;
    const { leaf, signatureSize } = this.#dsign;
    if (this.variant === 'sum') return leaf.verify(candidate, bytes, key);
    const embedded = candidate.subarray(signatureSize);
    return (
      equalPublic(embedded, key) &&
      leaf.verify(candidate.subarray(0, signatureSize), bytes, embedded)
    );
  }

  get #parts(): { algorithm: KesAlgorithm; dsign: LeafScheme } {
    return { algorithm: this, dsign: this.#dsign };
  }
}

/** Whether two public values of the same length are equal. Not for secrets: it stops at the first difference. */
function equalPublic(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((byte, index) => byte === right[index]);
}
