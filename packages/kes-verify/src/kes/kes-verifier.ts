/** A key evolving signature scheme, of which only verification is here. */
import { checkBytes, isUnfinished, wrongType } from '@evolock/direct-serialise/arguments';
import type { LeafVerifier } from '../ed25519.js';
import { BLAKE2B_256_SIZE } from '../hashes.js';
import { compactLeafKey, sumLeafKey, type LeafKey } from './paths.js';

/**
 * What a signature holds of the path from leaf to root. `sum`: both verification keys of every level. `compact`: the
 * verification key of the leaf and the sibling of every level.
 */
export type KesVariant = 'sum' | 'compact';

/** A key evolving signature scheme over Blake2b-256: name, sizes in bytes, and verification. */
export interface KesAlgorithm {
  /** Name: `ed25519_kes_2^6`, and `ed25519_compact_kes_2^6` for the compact variant. */
  readonly name: string;
  /** What a signature holds of the path. */
  readonly variant: KesVariant;
  /** Levels above the leaf. */
  readonly depth: number;
  /** Number of periods: 2^depth. */
  readonly totalPeriods: number;
  /** Bytes of a verification key: 32, and at depth 0 those of the leaf scheme. */
  readonly verificationKeySize: number;
  /** Bytes of a signature. */
  readonly signatureSize: number;
  /**
   * Whether a signature is valid at a period. `false` for wrong bytes, wrong lengths and any integer that is not a period
   * of the algorithm. Throws {@link ArgumentError} for a value that is not a `Uint8Array`, or a period that is not an
   * integer.
   */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** How each variant finds the leaf. */
const leafKeys: Readonly<Record<KesVariant, LeafKey>> = {
  sum: sumLeafKey,
  compact: compactLeafKey,
};

/** Verification of one algorithm. It is frozen. */
export class KesVerifier implements KesAlgorithm {
  readonly #dsign: LeafVerifier;
  readonly name: string;
  readonly variant: KesVariant;
  readonly depth: number;
  readonly totalPeriods: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;

  constructor(variant: KesVariant, dsign: LeafVerifier, depth: number) {
    const isSum = variant === 'sum';
    const size = dsign.verificationKeySize;
    // Both verification keys of every level.
    const pairs = depth === 0 ? 0 : 2 * (size + BLAKE2B_256_SIZE * (depth - 1));
    this.#dsign = dsign;
    this.name = `${dsign.name}${isSum ? '' : '_compact'}_kes_2^${String(depth)}`;
    this.variant = variant;
    this.depth = depth;
    this.totalPeriods = 2 ** depth;
    this.verificationKeySize = depth === 0 ? size : BLAKE2B_256_SIZE;
    this.signatureSize = dsign.signatureSize + (isSum ? pairs : size + pairs / 2);
    Object.freeze(this);
  }

  /** {@inheritDoc KesAlgorithm.verify} */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    const key = checkBytes('verificationKey', verificationKey);
    const bytes = checkBytes('message', message);
    const candidate = checkBytes('signature', signature);
    checkPeriod(period);
    if (period < 0 || period >= this.totalPeriods) return false;
    if (key.byteLength !== this.verificationKeySize) return false;
    if (candidate.byteLength !== this.signatureSize) return false;
    const { depth, variant } = this;
    const dsign = this.#dsign;
    const leafKey = leafKeys[variant]({
      dsign,
      verificationKey: key,
      period,
      depth,
      signature: candidate,
    });
    if (leafKey === undefined) return false;
    const leafSignature = candidate.subarray(0, dsign.signatureSize);
    const verdict: unknown = dsign.leaf.verify(leafKey, bytes, leafSignature);
    if (isUnfinished(verdict)) {
      throw wrongType('dsign.leaf.verify', 'a function that returns a boolean', verdict);
    }
    return verdict === true;
  }
}

function checkPeriod(period: unknown): void {
  if (!Number.isInteger(period)) throw wrongType('period', 'an integer', period);
}
