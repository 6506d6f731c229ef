import { blake2b } from '@noble/hashes/blake2.js';
import type { KesAlgorithmKind } from '../../src/vectors/algorithm.js';
import { hash } from '../scheme/hash.js';
import { schemeOf } from '../scheme/implementation.js';
import type { Scheme, SigningKey } from '../scheme/kes.js';

/** The seed (32 bytes) of a label. */
export function seedOf(label: string): Uint8Array {
  return hash(new TextEncoder().encode(`evolock seed: ${label}`));
}

/** The message (0 to 63 bytes) that is signed at a period: its length is (5 + 13 · period) mod 64. */
export function messageOf(period: number): Uint8Array {
  const label = new TextEncoder().encode(`evolock message: period ${period}`);
  return blake2b(label, { dkLen: 64 }).slice(0, (5 + 13 * period) % 64);
}

/** A copy with the lowest bit of one byte flipped. */
export function flipBit(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));
}

/** A key of a scheme at a period. */
export interface KeyAtPeriod {
  readonly key: SigningKey;
  readonly period: number;
}

/** The scheme of an algorithm at a depth that it has. */
export function requireScheme(algorithm: KesAlgorithmKind, depth: number): Scheme {
  const scheme = schemeOf(algorithm, depth);
  if (scheme === undefined) throw new RangeError(`${algorithm} has no depth ${depth}`);
  return scheme;
}

/** The seed of the keys of a depth. */
export function seedOfDepth(depth: number): Uint8Array {
  return seedOf(`depth ${depth}`);
}

/** A key at every period of its life. */
export function keyAtEveryPeriod(scheme: Scheme, seed: Uint8Array): KeyAtPeriod[] {
  const keys = [{ key: scheme.generate(seed), period: 0 }];
  for (let period = 1; period < scheme.totalPeriods; period += 1) {
    const before = keys[period - 1];
    if (before !== undefined) keys.push({ key: scheme.update(before.key, period - 1), period });
  }
  return keys;
}

/** Every algorithm with the depths that the vectors have, up to a limit. */
export function algorithmsAndDepths(deepest: number): [KesAlgorithmKind, number][] {
  const depths = Array.from({ length: deepest + 1 }, (_, depth) => depth);
  return [
    ['single', 0],
    ['compactSingle', 0],
    ...depths.map((depth): [KesAlgorithmKind, number] => ['sum', depth]),
    ...depths.map((depth): [KesAlgorithmKind, number] => ['compactSum', depth]),
  ];
}
