import { schemeOf } from './implementation.js';
import type { Scheme, SigningKey } from './kes.js';
import { seedOf } from './material.js';
import type { KesAlgorithmKind } from '../src/kes-algorithm.js';

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
