import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { toySignature, toySigningKey, toyVerificationKey } from '@evolock/test-support';
import { blake2b256, type KesVariant } from '../../src/index.js';

/** A signature scheme on ordinary memory. */
export interface PlainDsign {
  signingKey(seed: Uint8Array): Uint8Array;
  verificationKey(seed: Uint8Array): Uint8Array;
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
}

/** The toy scheme of these tests. */
export const plainToy: PlainDsign = {
  signingKey: toySigningKey,
  verificationKey: toyVerificationKey,
  sign: (seed, message) => toySignature(toyVerificationKey(seed), message),
};

function opensslKey(seed: Uint8Array) {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
}

/** Ed25519 of OpenSSL. */
export const plainEd25519: PlainDsign = {
  signingKey: (seed) => seed.slice(),
  verificationKey(seed) {
    const spki = createPublicKey(opensslKey(seed)).export({ format: 'der', type: 'spki' });
    return new Uint8Array(spki.subarray(-32));
  },
  sign: (seed, message) => new Uint8Array(sign(null, message, opensslKey(seed))),
};

function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** H(0x01 ‖ seed) and H(0x02 ‖ seed). */
export function expand(seed: Uint8Array): [left: Uint8Array, right: Uint8Array] {
  return [blake2b256(join(Uint8Array.of(1), seed)), blake2b256(join(Uint8Array.of(2), seed))];
}

/** The verification key of a seed at a depth. */
export function verificationKey(dsign: PlainDsign, depth: number, seed: Uint8Array): Uint8Array {
  if (depth === 0) return dsign.verificationKey(seed);
  return blake2b256(join(...pair(dsign, depth, seed)));
}

function pair(dsign: PlainDsign, depth: number, seed: Uint8Array): [Uint8Array, Uint8Array] {
  const [left, right] = expand(seed);
  return [verificationKey(dsign, depth - 1, left), verificationKey(dsign, depth - 1, right)];
}

/** The signature of the key of a seed at a period, by the recursive definition. */
export function signature(
  dsign: PlainDsign,
  variant: KesVariant,
  depth: number,
  seed: Uint8Array,
  period: number,
  message: Uint8Array,
): Uint8Array {
  if (depth === 0) {
    const leaf = dsign.sign(seed, message);
    return variant === 'sum' ? leaf : join(leaf, dsign.verificationKey(seed));
  }
  const half = 2 ** (depth - 1);
  const [left, right] = expand(seed);
  const [vk0, vk1] = pair(dsign, depth, seed);
  const isLeft = period < half;
  const inner = isLeft
    ? signature(dsign, variant, depth - 1, left, period, message)
    : signature(dsign, variant, depth - 1, right, period - half, message);
  if (variant === 'sum') return join(inner, vk0, vk1);
  return join(inner, isLeft ? vk1 : vk0);
}

/** The serialised key of a seed at a period, by the recursive definition. */
export function signingKey(
  dsign: PlainDsign,
  depth: number,
  seed: Uint8Array,
  period: number,
): Uint8Array {
  if (depth === 0) return dsign.signingKey(seed);
  const half = 2 ** (depth - 1);
  const [left, right] = expand(seed);
  const [vk0, vk1] = pair(dsign, depth, seed);
  return period < half
    ? join(signingKey(dsign, depth - 1, left, period), right, vk0, vk1)
    : join(signingKey(dsign, depth - 1, right, period - half), new Uint8Array(32), vk0, vk1);
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
