/** A key evolving signature scheme, of which only verification is here. */
import {
  checkBytes,
  checkInteger,
  isUnfinished,
  sameBytes,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import { concatBytes } from '@noble/curves/utils.js';
import type { LeafVerifier } from '../ed25519.js';
import { blake2b256, BLAKE2B_256_SIZE } from '../hashes.js';

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
   * Whether a signature is valid at a period: `false` for wrong bytes, wrong lengths and any integer that is not a period
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

  /** Verification of the algorithm one level above another one of the same variant. */
  static above(variant: KesVariant, inner: unknown, maxDepth: number): KesVerifier {
    const isVerifier = typeof inner === 'object' && inner !== null && #dsign in inner;
    if (!isVerifier || inner.variant !== variant)
      throw wrongType('inner', `a ${variant} algorithm of this package`, inner);
    const depth = checkInteger('depth', inner.depth + 1, 1, maxDepth);
    return new this(variant, inner.#dsign, depth);
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
    const dsign = this.#dsign;
    const path = { dsign, verificationKey: key, period, depth: this.depth, signature: candidate };
    const leafKey = this.variant === 'sum' ? sumLeafKey(path) : compactLeafKey(path);
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

/** A signature with what it is about. Sizes and period are checked. */
interface Path {
  readonly dsign: LeafVerifier;
  readonly verificationKey: Uint8Array;
  readonly period: number;
  readonly depth: number;
  readonly signature: Uint8Array;
}

/** Whether a period is in the right half at a level: level 0 is the innermost. */
function isRight(period: number, level: number): boolean {
  return ((period >> level) & 1) === 1;
}

/**
 * Finds the verification key of the leaf; `undefined` when the path does not lead to the root. From the root down: each pair
 * has to hash to the expected key, and holds the expected key of the next level.
 */
function sumLeafKey({ dsign, verificationKey, period, depth, signature }: Path) {
  let expected = verificationKey;
  let end = signature.length;
  for (let level = depth - 1; level >= 0; level -= 1) {
    const size = level === 0 ? dsign.verificationKeySize : BLAKE2B_256_SIZE;
    const start = end - 2 * size;
    const pair = signature.subarray(start, end);
    if (!sameBytes(blake2b256(pair), expected)) return undefined;
    expected = isRight(period, level) ? pair.subarray(size) : pair.subarray(0, size);
    end = start;
  }
  return expected;
}

/** As above, from the leaf up: each key and its sibling hash to the key of the next level, and the last is the root's. */
function compactLeafKey({ dsign, verificationKey, period, depth, signature }: Path) {
  let offset = dsign.signatureSize;
  const take = (size: number) => signature.subarray(offset, (offset += size));
  const leaf = take(dsign.verificationKeySize);
  let key = leaf;
  for (let level = 0; level < depth; level += 1) {
    const sibling = take(key.length);
    key = blake2b256(
      isRight(period, level) ? concatBytes(sibling, key) : concatBytes(key, sibling),
    );
  }
  return sameBytes(key, verificationKey) ? leaf : undefined;
}
