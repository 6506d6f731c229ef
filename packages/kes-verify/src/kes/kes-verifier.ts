/** A key evolving signature scheme, of which only verification is here. */
import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { isSigned } from '../ed25519.js';
import { compactLeafKey, LEAF_SIGNATURE_SIZE, sumLeafKey, type LeafKey } from './paths.js';

/**
 * What a signature holds of the path from leaf to root. `sum`: both verification keys of every level. `compact`: the
 * verification key of the leaf and the sibling of every level.
 */
export type KesVariant = 'sum' | 'compact';

/** A key evolving signature scheme over Ed25519 and Blake2b-256: name, sizes in bytes, and verification. */
export interface KesAlgorithm {
  /** Name: `ed25519_kes_2^6`, and `ed25519_compact_kes_2^6` for the compact variant. */
  readonly name: string;
  /** What a signature holds of the path. */
  readonly variant: KesVariant;
  /** Levels above the leaf. */
  readonly depth: number;
  /** Number of periods: 2^depth. */
  readonly totalPeriods: number;
  /** Bytes of a verification key. */
  readonly verificationKeySize: 32;
  /** Bytes of a signature. */
  readonly signatureSize: number;
  /**
   * Whether a signature is valid at a period. `false` for wrong bytes, wrong lengths and any integer that is not a period
   * of the algorithm.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for a value that is not a `Uint8Array`, or a period that is
   * not an integer.
   */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** The two variants: how they find the leaf, and how many bytes follow the signature of the leaf. */
const variants: Readonly<
  Record<KesVariant, { leafKey: LeafKey; infix: string; rest: (depth: number) => number }>
> = {
  sum: { leafKey: sumLeafKey, infix: '', rest: (depth) => 64 * depth },
  compact: { leafKey: compactLeafKey, infix: '_compact', rest: (depth) => 32 * (depth + 1) },
};

/** Verification of one algorithm. It is frozen. */
export class KesVerifier implements KesAlgorithm {
  readonly name: string;
  readonly variant: KesVariant;
  readonly depth: number;
  readonly totalPeriods: number;
  readonly verificationKeySize = 32;
  readonly signatureSize: number;

  constructor(variant: KesVariant, depth: number) {
    const { infix, rest } = variants[variant];
    this.name = `ed25519${infix}_kes_2^${String(depth)}`;
    this.variant = variant;
    this.depth = depth;
    this.totalPeriods = 2 ** depth;
    this.signatureSize = LEAF_SIGNATURE_SIZE + rest(depth);
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
    const path = { verificationKey: key, period, depth: this.depth, signature: candidate };
    const leafKey = variants[this.variant].leafKey(path);
    const leafSignature = candidate.subarray(0, LEAF_SIGNATURE_SIZE);
    return leafKey !== undefined && isSigned(leafKey, bytes, leafSignature);
  }
}

function checkPeriod(period: unknown): void {
  if (!Number.isInteger(period)) throw wrongType('period', 'an integer', period);
}
