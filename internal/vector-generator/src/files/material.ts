/** The seeds, messages and keys that the vectors are made of. */
import { blake2b } from '@noble/hashes/blake2.js';
import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import type { KesAlgorithmKind } from '@evolock/test-vectors';
import * as checker from '@evolock/kes-verify';
import { hash } from '../curve.js';
import { algorithmOf } from '../native.js';

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

/** The seed of the keys of a depth. */
export function seedOfDepth(depth: number): Uint8Array {
  return seedOf(`depth ${depth}`);
}

/** Left and right halves alternate: period 85 = 0b1010101 at depth 7. */
export function alternatingPeriod(depth: number): number {
  return 0b1010101 & (2 ** depth - 1);
}

/** A key at every period of its life, by the native packages. */
export interface Life {
  readonly totalPeriods: number;
  readonly verificationKey: Uint8Array;
  /** The serialised key; the index is the period. */
  readonly keys: readonly Uint8Array[];
  /** A signature at a period, which kes-verify accepts. */
  readonly sign: (period: number, message: Uint8Array) => Uint8Array;
}

const lives = new Map<string, Life>();

/** The life of the key of a seed. */
export function lifeOf(kind: KesAlgorithmKind, depth: number, label = `depth ${depth}`): Life {
  const name = `${kind} ${depth} ${label}`;
  const life = lives.get(name) ?? live(kind, depth, seedOf(label));
  lives.set(name, life);
  return life;
}

function live(kind: KesAlgorithmKind, depth: number, seed: Uint8Array): Life {
  const algorithm = algorithmOf(kind, depth);
  using key = keyOf(algorithm, seed);
  const keys = [serialised(key)];
  while (key.period + 1 < algorithm.totalPeriods) {
    key.update();
    keys.push(serialised(key));
  }
  const verificationKey = key.deriveVerificationKey();
  return {
    totalPeriods: algorithm.totalPeriods,
    verificationKey,
    keys,
    sign(period, message) {
      using signing = keyFrom(algorithm, at(keys, period));
      const signature = signing.sign(message);
      if (!verifierOf(kind, depth).verify(verificationKey, period, message, signature))
        throw new Error(`${kind} ${depth} period ${period}: refused by kes-verify`);
      return signature;
    },
  };
}

/** The verifier in JavaScript, which judges every vector. */
export function verifierOf(kind: KesAlgorithmKind, depth: number) {
  const isCompact = kind === 'compactSingle' || kind === 'compactSum';
  const ofDepth = isCompact ? checker.compactSumKesOfDepth : checker.sumKesOfDepth;
  return ofDepth(checker.ed25519, depth);
}

/** An item that is there. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
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
