import { equalBytes } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import * as ed25519 from './ed25519.js';
import { expandSeed, hashPair } from './hash.js';

/**
 * A signing key as the paper defines it: a leaf's seed, or the key of the half in use with the seed of
 * the right half (all zero once used) and the verification keys of both halves.
 */
export type SigningKey = LeafKey | PairKey;

/** A key of depth 0. */
interface LeafKey {
  readonly seed: Uint8Array;
}

/** A key of depth 1 or more. */
interface PairKey {
  readonly half: SigningKey;
  readonly rightSeed: Uint8Array;
  readonly leftVerificationKey: Uint8Array;
  readonly rightVerificationKey: Uint8Array;
}

/** The functions that the composition is built from. */
export interface Primitives {
  expandSeed(seed: Uint8Array): { left: Uint8Array; right: Uint8Array };
  hashPair(left: Uint8Array, right: Uint8Array): Uint8Array;
}

/** A key evolving signature scheme over pure values: an update returns another key. */
export interface Scheme {
  readonly depth: number;
  readonly totalPeriods: number;
  readonly signingKeySize: number;
  readonly signatureSize: number;
  generate(seed: Uint8Array): SigningKey;
  deriveVerificationKey(key: SigningKey): Uint8Array;
  sign(key: SigningKey, period: number, message: Uint8Array): Uint8Array;
  update(key: SigningKey, period: number): SigningKey;
  serialise(key: SigningKey): Uint8Array[];
  read(bytes: Uint8Array): { key: SigningKey; period: number };
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** A scheme whose signatures contain what the verification key is rebuilt from. */
interface CompactScheme extends Scheme {
  checkLeaf(message: Uint8Array, signature: Uint8Array): boolean;
  rebuildVerificationKey(period: number, signature: Uint8Array): Uint8Array;
}

const ZERO_SEED = new Uint8Array(32);
const definition: Primitives = { expandSeed, hashPair };

function leafOf(key: SigningKey): LeafKey {
  if ('seed' in key) return key;
  throw new TypeError('a key of depth 0 was expected');
}

function pairOf(key: SigningKey): PairKey {
  if ('half' in key) return key;
  throw new TypeError('a key of depth 1 or more was expected');
}

function isPeriod(period: number, totalPeriods: number): boolean {
  return Number.isInteger(period) && period >= 0 && period < totalPeriods;
}

const leaf = {
  depth: 0,
  totalPeriods: 1,
  signingKeySize: 32,
  generate: (seed: Uint8Array): SigningKey => ({ seed: seed.slice() }),
  deriveVerificationKey: (key: SigningKey) => ed25519.deriveVerificationKey(leafOf(key).seed),
  update(): SigningKey {
    throw new RangeError('a key of depth 0 cannot be updated');
  },
  serialise: (key: SigningKey) => [leafOf(key).seed.slice()],
  read(bytes: Uint8Array): { key: SigningKey; period: number } {
    if (bytes.length !== 32) throw new RangeError('a key of depth 0 is 32 bytes');
    return { key: { seed: bytes.slice() }, period: 0 };
  },
};

/** Ed25519 as a scheme of one period; signatures are 64 bytes. */
export const single: Scheme = {
  ...leaf,
  signatureSize: 64,
  sign: (key, _period, message) => ed25519.sign(leafOf(key).seed, message),
  verify: (verificationKey, period, message, signature) =>
    period === 0 && ed25519.verify(verificationKey, message, signature),
};

/** Ed25519 as a scheme of one period, the verification key beside the signature: 96 bytes. */
export const compactSingle: CompactScheme = {
  ...leaf,
  signatureSize: 96,
  sign(key, _period, message) {
    const { seed } = leafOf(key);
    return concatBytes(ed25519.sign(seed, message), ed25519.deriveVerificationKey(seed));
  },
  checkLeaf: (message, signature) =>
    ed25519.verify(signature.subarray(64, 96), message, signature.subarray(0, 64)),
  rebuildVerificationKey: (_period, signature) => signature.subarray(64, 96),
  verify: (verificationKey, period, message, signature) =>
    period === 0 &&
    signature.length === 96 &&
    compactSingle.checkLeaf(message, signature) &&
    equalBytes(compactSingle.rebuildVerificationKey(0, signature), verificationKey),
};

/** Everything that both compositions share: keys, their evolution and their layout. */
function composeKeys(half: Scheme, primitives: Primitives) {
  const middle = half.totalPeriods;
  const signingKeySize = half.signingKeySize + 96;
  return {
    depth: half.depth + 1,
    totalPeriods: 2 * middle,
    signingKeySize,
    generate(seed: Uint8Array): SigningKey {
      const { left, right } = primitives.expandSeed(seed);
      const leftKey = half.generate(left);
      return {
        half: leftKey,
        rightSeed: right,
        leftVerificationKey: half.deriveVerificationKey(leftKey),
        rightVerificationKey: half.deriveVerificationKey(half.generate(right)),
      };
    },
    deriveVerificationKey(key: SigningKey): Uint8Array {
      const { leftVerificationKey, rightVerificationKey } = pairOf(key);
      return primitives.hashPair(leftVerificationKey, rightVerificationKey);
    },
    update(key: SigningKey, period: number): SigningKey {
      const pair = pairOf(key);
      if (period + 1 < middle) return { ...pair, half: half.update(pair.half, period) };
      if (period + 1 === middle) {
        return { ...pair, half: half.generate(pair.rightSeed), rightSeed: ZERO_SEED };
      }
      return { ...pair, half: half.update(pair.half, period - middle) };
    },
    serialise(key: SigningKey): Uint8Array[] {
      const pair = pairOf(key);
      return [
        ...half.serialise(pair.half),
        pair.rightSeed.slice(),
        pair.leftVerificationKey.slice(),
        pair.rightVerificationKey.slice(),
      ];
    },
    read(bytes: Uint8Array): { key: SigningKey; period: number } {
      if (bytes.length !== signingKeySize) {
        throw new RangeError(`a key of depth ${half.depth + 1} is ${signingKeySize} bytes`);
      }
      const inner = half.read(bytes.subarray(0, half.signingKeySize));
      const [rightSeed, leftVerificationKey, rightVerificationKey] = [0, 32, 64].map((offset) =>
        bytes.slice(half.signingKeySize + offset, half.signingKeySize + offset + 32),
      ) as [Uint8Array, Uint8Array, Uint8Array];
      const isRight = equalBytes(rightSeed, ZERO_SEED);
      return {
        key: { half: inner.key, rightSeed, leftVerificationKey, rightVerificationKey },
        period: inner.period + (isRight ? middle : 0),
      };
    },
    /** The period within the half that `period` falls into. */
    periodInHalf: (period: number) => (period < middle ? period : period - middle),
  };
}

/** The sum composition (paper, section 3.1): each level adds both verification keys, 64 bytes. */
export function sum(half: Scheme, primitives: Primitives = definition): Scheme {
  const { periodInHalf, ...keys } = composeKeys(half, primitives);
  const scheme: Scheme = {
    ...keys,
    signatureSize: half.signatureSize + 64,
    sign(key, period, message) {
      const pair = pairOf(key);
      const inner = half.sign(pair.half, periodInHalf(period), message);
      return concatBytes(inner, pair.leftVerificationKey, pair.rightVerificationKey);
    },
    verify(verificationKey, period, message, signature) {
      if (!isPeriod(period, scheme.totalPeriods)) return false;
      if (signature.length !== scheme.signatureSize) return false;
      const inner = signature.subarray(0, half.signatureSize);
      const left = signature.subarray(half.signatureSize, half.signatureSize + 32);
      const right = signature.subarray(half.signatureSize + 32);
      if (!equalBytes(primitives.hashPair(left, right), verificationKey)) return false;
      const next = period < half.totalPeriods ? left : right;
      return half.verify(next, periodInHalf(period), message, inner);
    },
  };
  return scheme;
}

/** The compact sum composition: each level adds the verification key not in use, 32 bytes. */
export function compactSum(
  half: CompactScheme,
  primitives: Primitives = definition,
): CompactScheme {
  const { periodInHalf, ...keys } = composeKeys(half, primitives);
  const scheme: CompactScheme = {
    ...keys,
    signatureSize: half.signatureSize + 32,
    sign(key, period, message) {
      const pair = pairOf(key);
      const isLeft = period < half.totalPeriods;
      const sibling = isLeft ? pair.rightVerificationKey : pair.leftVerificationKey;
      return concatBytes(half.sign(pair.half, periodInHalf(period), message), sibling);
    },
    checkLeaf: (message, signature) =>
      half.checkLeaf(message, signature.subarray(0, half.signatureSize)),
    rebuildVerificationKey(period, signature) {
      const inner = signature.subarray(0, half.signatureSize);
      const rebuilt = half.rebuildVerificationKey(periodInHalf(period), inner);
      const sibling = signature.subarray(half.signatureSize);
      return period < half.totalPeriods
        ? primitives.hashPair(rebuilt, sibling)
        : primitives.hashPair(sibling, rebuilt);
    },
    verify: (verificationKey, period, message, signature) =>
      isPeriod(period, scheme.totalPeriods) &&
      signature.length === scheme.signatureSize &&
      scheme.checkLeaf(message, signature) &&
      equalBytes(scheme.rebuildVerificationKey(period, signature), verificationKey),
  };
  return scheme;
}

/** Sum of the given depth over `single`. */
export function sumOfDepth(depth: number, primitives?: Primitives): Scheme {
  return depth === 0 ? single : sum(sumOfDepth(depth - 1, primitives), primitives);
}

/** Compact sum of the given depth over `compactSingle`. */
export function compactSumOfDepth(depth: number, primitives?: Primitives): CompactScheme {
  return depth === 0
    ? compactSingle
    : compactSum(compactSumOfDepth(depth - 1, primitives), primitives);
}
