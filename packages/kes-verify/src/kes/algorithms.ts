/** The algorithms: of any depth and leaf scheme, and those over Ed25519 of the depths that are used most. */
import { checkInteger, checkMethod, wrongType } from '@evolock/direct-serialise/arguments';
import { ed25519, type LeafVerifier } from '../ed25519.js';
import { type KesAlgorithm, type KesVariant, KesVerifier } from './kes-verifier.js';

/** The greatest depth: 1,048,576 periods. */
export const MAX_DEPTH = 20;

/**
 * The sum composition of a given depth: 2^depth periods; over Ed25519, signatures of 64 + 64 · depth bytes. Source:
 * `SumKES` of cardano-crypto-class; Malkin, Micciancio, Miner, section 3.1.
 *
 * @param depth - Levels above the leaf, 0 to 20.
 * @param leaf - The leaf scheme: Ed25519 when absent.
 */
export function sumKesOfDepth(depth: number, leaf: LeafVerifier = ed25519): KesAlgorithm {
  return ofDepth('sum', depth, leaf);
}

/**
 * The compact sum composition of a given depth, as {@link sumKesOfDepth} otherwise; over Ed25519, signatures of 96 + 32 ·
 * depth bytes. Source: `CompactSumKES` of cardano-crypto-class.
 */
export function compactSumKesOfDepth(depth: number, leaf: LeafVerifier = ed25519): KesAlgorithm {
  return ofDepth('compact', depth, leaf);
}

/** The scheme of one period over a leaf scheme: its keys and signatures are those of the leaf. */
export function singleKes(leaf: LeafVerifier): KesAlgorithm {
  return ofDepth('sum', 0, leaf);
}

/** The compact scheme of one period, whose signatures hold the verification key of the leaf. */
export function compactSingleKes(leaf: LeafVerifier): KesAlgorithm {
  return ofDepth('compact', 0, leaf);
}

/**
 * Doubles the periods of a scheme: the sum composition.
 *
 * @param inner - The result of `singleKes`, `sumKes` or `sumKesOfDepth`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for anything else.
 */
export function sumKes(inner: KesAlgorithm): KesAlgorithm {
  return KesVerifier.above('sum', inner, MAX_DEPTH);
}

/** Doubles the periods of a compact scheme, as {@link sumKes} otherwise. */
export function compactSumKes(inner: KesAlgorithm): KesAlgorithm {
  return KesVerifier.above('compact', inner, MAX_DEPTH);
}

/** One signature to verify: the arguments of `verify` of an algorithm, by name. */
export interface KesVerification {
  readonly verificationKey: Uint8Array;
  readonly period: number;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Verifies many signatures, in order, with a verdict for each. An item with a wrong type has the verdict `false`, where
 * `verify` would throw.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when `algorithm` or `items` has a wrong type.
 */
export function verifyMany(algorithm: KesAlgorithm, items: Iterable<KesVerification>): boolean[] {
  checkMethod('algorithm', algorithm, 'verify');
  const { [Symbol.iterator]: iterator } = Object(items) as Partial<typeof items>;
  if (typeof iterator !== 'function')
    throw wrongType('items', 'an iterable of verifications', items);
  return Array.from(items, (item) => {
    try {
      const { verificationKey, period, message, signature } = item;
      return algorithm.verify(verificationKey, period, message, signature);
    } catch {
      // Nothing was verified.
      return false;
    }
  });
}

function ofDepth(variant: KesVariant, depth: unknown, leaf: unknown): KesAlgorithm {
  return new KesVerifier(variant, checkLeaf(leaf), checkInteger('depth', depth, 0, MAX_DEPTH));
}

/** The largest size that a leaf scheme may state, bytes. */
const MAX_SIZE = 65_536;

function checkLeaf(value: unknown): LeafVerifier {
  if (typeof value !== 'object' || value === null) throw wrongType('dsign', 'a leaf scheme', value);
  const { name, verificationKeySize, signatureSize, leaf } = value as LeafVerifier;
  if (typeof name !== 'string') throw wrongType('dsign.name', 'a string', name);
  checkMethod('dsign.leaf', leaf, 'verify');
  checkInteger('dsign.verificationKeySize', verificationKeySize, 1, MAX_SIZE);
  checkInteger('dsign.signatureSize', signatureSize, 1, MAX_SIZE);
  return { name, verificationKeySize, signatureSize, leaf };
}

/**
 * Sum of depth 6, which Cardano uses: 64 periods, signatures of 448 bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { sum6Kes } from '@evolock/kes-verify';
 *
 * assert.equal(sum6Kes.signatureSize, 448);
 * ```
 */
export const sum6Kes: KesAlgorithm = /* @__PURE__ */ new KesVerifier('sum', ed25519, 6);

/** Sum of depth 7. */
export const sum7Kes: KesAlgorithm = /* @__PURE__ */ new KesVerifier('sum', ed25519, 7);
/** CompactSum of depth 6. */
export const compactSum6Kes: KesAlgorithm = /* @__PURE__ */ new KesVerifier('compact', ed25519, 6);
/** CompactSum of depth 7. */
export const compactSum7Kes: KesAlgorithm = /* @__PURE__ */ new KesVerifier('compact', ed25519, 7);
