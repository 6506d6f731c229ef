import { checkBytes, checkFunction, checkOptions } from '@evolock/direct-serialise/arguments';
import {
  checkSeed,
  type AllocationOptions,
  type DsignAlgorithm,
  type DsignShape,
  type MLockedSeed,
  type Pull,
} from '@evolock/dsign-ed25519';
import { checkPeriod, registerComposition } from './composition.js';
import { KesPeriodError } from './errors.js';
import type {
  KesAlgorithm,
  KesReadOptions,
  KesSignature,
  KesSigningKey,
  KesVariant,
  KesVerificationKey,
  Shown,
} from './kes-algorithm.js';
import { checkDsign, type LeafScheme } from './leaf-scheme.js';
import { SingleKesSigningKey } from './single-signing-key.js';

/** The shape of a key evolving scheme of one period over a signature scheme. */
export interface SingleShape<
  Dsign extends DsignShape,
  Variant extends KesVariant,
  Name extends string,
  SignatureSize extends number,
> {
  readonly name: Name;
  readonly dsign: Dsign['name'];
  readonly variant: Variant;
  readonly depth: 0;
  readonly totalPeriods: 1;
  readonly seedSize: Dsign['seedSize'];
  readonly verificationKeySize: Dsign['verificationKeySize'];
  readonly signatureSize: SignatureSize;
  readonly signingKeySize: Dsign['signingKeySize'];
}

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
  CompactSignatureSize<Dsign>
>;

/** 64 + 32 bytes over a scheme with the sizes of Ed25519, and `number` over any other. */
type CompactSignatureSize<Dsign extends DsignShape> = Dsign extends {
  readonly signatureSize: 64;
  readonly verificationKeySize: 32;
}
  ? 96
  : number;

/**
 * The key evolving scheme of one period over a signature scheme. The leaf of `sumKes`.
 *
 * @param dsign - `ed25519`, or another scheme with the same interface.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`: `argument` names the member of
 * `dsign` that is wrong.
 *
 * Source: `SingleKES` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 *
 * assert.equal(singleKes(ed25519).signatureSize, 64);
 * ```
 */
export function singleKes<Dsign extends DsignShape>(
  dsign: DsignAlgorithm<Dsign>,
): KesAlgorithm<Shown<SingleKesShape<Dsign>>> {
  // The type tests check that types and values state the same sizes.
  return single(dsign, 'sum') as unknown as KesAlgorithm<Shown<SingleKesShape<Dsign>>>;
}

/**
 * The compact key evolving scheme of one period over a signature scheme: its signature ends with the verification key of
 * the leaf. The leaf of `compactSumKes`.
 *
 * @param dsign - `ed25519`, or another scheme with the same interface.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`: `argument` names the member of
 * `dsign` that is wrong.
 *
 * Source: `CompactSingleKES` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compactSingleKes, ed25519 } from '@evolock/kes-single';
 *
 * assert.equal(compactSingleKes(ed25519).signatureSize, 96);
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
  }

  generateKey(seed: MLockedSeed, options?: AllocationOptions): KesSigningKey {
    const checked = checkSeed('seed', seed, this.seedSize);
    return SingleKesSigningKey.generate({ algorithm: this, dsign: this.#dsign }, checked, options);
  }

  directDeserialise(pull: Pull, options?: KesReadOptions): KesSigningKey {
    checkFunction('pull', pull);
    const { period } = checkOptions(options);
    if (period !== undefined && checkPeriod('options.period', period) !== 0) {
      throw new KesPeriodError('options.period', period, 'period 0, the only one');
    }
    return SingleKesSigningKey.read({ algorithm: this, dsign: this.#dsign }, pull, options);
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
      embedded.every((byte, index) => byte === key[index]) &&
      leaf.verify(candidate.subarray(0, signatureSize), bytes, embedded)
    );
  }
}
