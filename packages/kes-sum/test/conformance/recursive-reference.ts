import { toySignature, toySigningKey, toyVerificationKey } from '@evolock/test-support';
import { blake2b256, type KesVariant } from '../../src/all.js';

// Over the toy leaf scheme, whose sizes differ from those of Ed25519, for which there are vectors.

function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** H(0x01 ‖ seed) and H(0x02 ‖ seed). */
export function expand(seed: Uint8Array): [left: Uint8Array, right: Uint8Array] {
  return [blake2b256(join(Uint8Array.of(1), seed)), blake2b256(join(Uint8Array.of(2), seed))];
}

/** The verification key of a seed at a depth. */
export function verificationKey(depth: number, seed: Uint8Array): Uint8Array {
  if (depth === 0) return toyVerificationKey(seed);
  return blake2b256(join(...pair(depth, seed)));
}

function pair(depth: number, seed: Uint8Array): [Uint8Array, Uint8Array] {
  const [left, right] = expand(seed);
  return [verificationKey(depth - 1, left), verificationKey(depth - 1, right)];
}

/** The signature of the key of a seed at a period, by the recursive definition. */
export function signature(
  variant: KesVariant,
  depth: number,
  seed: Uint8Array,
  period: number,
  message: Uint8Array,
): Uint8Array {
  if (depth === 0) {
    const leaf = toySignature(toyVerificationKey(seed), message);
    return variant === 'sum' ? leaf : join(leaf, toyVerificationKey(seed));
  }
  const half = 2 ** (depth - 1);
  const [left, right] = expand(seed);
  const [vk0, vk1] = pair(depth, seed);
  const isLeft = period < half;
  const inner = isLeft
    ? signature(variant, depth - 1, left, period, message)
    : signature(variant, depth - 1, right, period - half, message);
  if (variant === 'sum') return join(inner, vk0, vk1);
  return join(inner, isLeft ? vk1 : vk0);
}

/** The serialised key of a seed at a period, by the recursive definition. */
export function signingKey(depth: number, seed: Uint8Array, period: number): Uint8Array {
  if (depth === 0) return toySigningKey(seed);
  const half = 2 ** (depth - 1);
  const [left, right] = expand(seed);
  const [vk0, vk1] = pair(depth, seed);
  return period < half
    ? join(signingKey(depth - 1, left, period), right, vk0, vk1)
    : join(signingKey(depth - 1, right, period - half), new Uint8Array(32), vk0, vk1);
}

/** The seed of the node of a height whose first leaf is the leaf of a period. */
export interface NodeSeed {
  readonly height: number;
  readonly firstPeriod: number;
  readonly seed: Uint8Array;
}

/** Every seed of a tree, from the root's to the leaves'. */
export function nodeSeeds(depth: number, seed: Uint8Array, firstPeriod = 0): NodeSeed[] {
  const own = { height: depth, firstPeriod, seed };
  if (depth === 0) return [own];
  const [left, right] = expand(seed);
  return [
    own,
    ...nodeSeeds(depth - 1, left, firstPeriod),
    ...nodeSeeds(depth - 1, right, firstPeriod + 2 ** (depth - 1)),
  ];
}
