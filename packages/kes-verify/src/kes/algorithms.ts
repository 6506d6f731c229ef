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
