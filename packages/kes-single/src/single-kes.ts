import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { DsignShape, LeafScheme } from '@evolock/dsign-ed25519';
import type { KesAlgorithm, KesVariant } from './kes-algorithm.js';
import { checkDsign } from './leaf-scheme.js';
import { newAlgorithm, type KesScheme } from './scheme.js';
import { SingleKesSigningKey, type SingleParts } from './single-signing-key.js';

/** {@link singleKes} over a signature scheme, as a type. */
export interface SingleKes<Dsign extends DsignShape> {
  readonly name: `${Dsign['name']}_kes_2^0`;
  readonly dsign: Dsign['name'];
  readonly variant: 'sum';
  readonly depth: 0;
  readonly totalPeriods: 1;
  readonly seedSize: Dsign['seedSize'];
  readonly verificationKeySize: Dsign['verificationKeySize'];
  readonly signatureSize: Dsign['signatureSize'];
  readonly signingKeySize: Dsign['signingKeySize'];
}

/** {@link compactSingleKes} over a signature scheme, as a type. */
export interface CompactSingleKes<Dsign extends DsignShape> {
  readonly name: `${Dsign['name']}_compact_kes_2^0`;
  readonly dsign: Dsign['name'];
  readonly variant: 'compact';
  readonly depth: 0;
  readonly totalPeriods: 1;
  readonly seedSize: Dsign['seedSize'];
  readonly verificationKeySize: Dsign['verificationKeySize'];
  readonly signatureSize: CompactSignatureSize<Dsign>;
  readonly signingKeySize: Dsign['signingKeySize'];
}

/** 64 + 32 bytes over a scheme with the sizes of Ed25519, and `number` over any other. */
type CompactSignatureSize<Dsign extends DsignShape> = Dsign extends {
  readonly signatureSize: 64;
  readonly verificationKeySize: 32;
}
  ? 96
  : number;

/**
 * The key evolving scheme of one period over a signature scheme: the leaf of `sumKes` (`SingleKES` of
 * cardano-crypto-class).
 *
 * @param dsign - `ed25519`, or another leaf scheme.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`: `argument` names the member of
 * `dsign` that is wrong.
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
  dsign: LeafScheme<Dsign>,
): KesAlgorithm<SingleKes<Dsign>> {
  // The type tests check that types and values state the same sizes.
  return single(dsign, 'sum') as unknown as KesAlgorithm<SingleKes<Dsign>>;
}

/**
 * The compact scheme of one period, as {@link singleKes} otherwise: its signature ends with the verification key of the
 * leaf. The leaf of `compactSumKes` (`CompactSingleKES` of cardano-crypto-class).
 */
export function compactSingleKes<Dsign extends DsignShape>(
  dsign: LeafScheme<Dsign>,
): KesAlgorithm<CompactSingleKes<Dsign>> {
  return single(dsign, 'compact') as unknown as KesAlgorithm<CompactSingleKes<Dsign>>;
}

function single(value: unknown, variant: KesVariant): KesAlgorithm {
  const dsign = checkDsign(value);
  return newAlgorithm({ dsign, depth: 0, variant }, (algorithm) =>
    schemeOf({ algorithm, dsign, variant }),
  );
}

function schemeOf(parts: SingleParts): KesScheme {
  const { dsign, variant } = parts;
  const { leaf, seedSize, verificationKeySize, signingKeySize } = dsign;
  return {
    seedSize,
    verificationKeySize,
    signatureSize: dsign.signatureSize + (variant === 'sum' ? 0 : verificationKeySize),
    signingKeySize,
    lockedSize: leaf.size,
    scratchSizes: [seedSize],
    generate: (seed, options) => SingleKesSigningKey.generate(parts, seed, options),
    read: (request) => SingleKesSigningKey.read(parts, request),
    verify(verificationKey, _period, message, signature) {
      if (variant === 'sum') return leaf.verify(verificationKey, message, signature);
      const embedded = signature.subarray(dsign.signatureSize);
      return (
        sameBytes(embedded, verificationKey) &&
        leaf.verify(embedded, message, signature.subarray(0, dsign.signatureSize))
      );
    },
  };
}
