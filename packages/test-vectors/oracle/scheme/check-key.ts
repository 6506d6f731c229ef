import { equalBytes } from '@noble/curves/utils.js';
import * as ed25519 from './ed25519.js';
import { hashPair } from './hash.js';
import { type SigningKey, sumOfDepth } from './kes.js';

/** A key whose verification keys are not those that its secrets lead to. */
export class TamperedKeyError extends Error {
  override readonly name: string = 'TamperedKeyError';
  /** The innermost level that disagrees, 1 (next to the leaf) to the depth. */
  readonly level: number;

  /** States where. */
  constructor(level: number) {
    super(`the verification keys of level ${level} are not those that the secrets lead to`);
    this.level = level;
  }
}

/** A half in use is the right one exactly when the right seed is spent. */
function isSpent(seed: Uint8Array): boolean {
  return seed.every((byte) => byte === 0);
}

/** The depth of a key, and its verification key computed again from its secrets as far as they go. */
interface Checked {
  readonly depth: number;
  readonly verificationKey: Uint8Array;
}

/**
 * Computes the verification keys of a key again, the innermost level first, and compares them with
 * those it carries. That of a left half that is past cannot be computed: the hash of the level above covers it.
 */
export function checkKey(key: SigningKey): Checked {
  if (!('half' in key)) {
    return { depth: 0, verificationKey: ed25519.deriveVerificationKey(key.seed) };
  }
  const { half, rightSeed, leftVerificationKey, rightVerificationKey } = key;
  const inUse = checkKey(half);
  const level = inUse.depth + 1;
  const isRight = isSpent(rightSeed);
  const claimed = isRight ? rightVerificationKey : leftVerificationKey;
  if (!equalBytes(claimed, inUse.verificationKey)) throw new TamperedKeyError(level);
  if (!isRight) {
    const scheme = sumOfDepth(inUse.depth);
    const right = scheme.deriveVerificationKey(scheme.generate(rightSeed));
    if (!equalBytes(rightVerificationKey, right)) throw new TamperedKeyError(level);
  }
  return { depth: level, verificationKey: hashPair(leftVerificationKey, rightVerificationKey) };
}
