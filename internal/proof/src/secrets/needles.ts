/**
 * What a scan looks for. It is derived from the root seed without the packages and without libsodium.
 */
import { MaskedNeedle } from '@evolock/memory-scan';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { expandedKey, extendedSecrets, nonceOf, proofSecrets, radix16Digits } from './derived.js';
import type { Expectation, Path } from './expectation.js';
import { MESSAGE } from '../operations/operation.js';

/** The needles of one process. */
export interface Needles {
  /** Names of the needles that have to be found in locked memory and nowhere else. */
  readonly live: ReadonlySet<string>;
  readonly all: readonly MaskedNeedle[];
}

/** The name of a seed of the tree in reports. */
export function seedName(path: Path): string {
  return path === '' ? 'root seed' : `seed ${path}`;
}

/** Digits are small numbers, which are frequent in any memory. A shorter run of them is not a finding. */
export const DIGITS_AT_LEAST = 20;

/** Whether a needle consists of digits. */
export function isDigits(name: string): boolean {
  return name.startsWith('digits of');
}

/** The seeds of a tree below known ones, derived at the first use. */
class SeedTree {
  readonly #seeds: Map<Path, Uint8Array>;

  constructor(known: ReadonlyMap<Path, Uint8Array>) {
    this.#seeds = new Map(known);
  }

  /** Whether the seed, or one above it, is known. */
  knows(path: Path): boolean {
    return this.#seeds.has(path) || (path !== '' && this.knows(path.slice(0, -1)));
  }

  /** Source: Malkin, Micciancio, Miner, section 3.1: H(0x01 ‖ seed) to the left, H(0x02 ‖ seed) to the right. */
  seed(path: Path): Uint8Array {
    const known = this.#seeds.get(path);
    if (known !== undefined) return known;
    if (path === '') throw new Error('the root seed is not known');
    const prefix = Uint8Array.of(path.endsWith('L') ? 1 : 2);
    const seed = blake2b(concatBytes(prefix, this.seed(path.slice(0, -1))), { dkLen: 32 });
    this.#seeds.set(path, seed);
    return seed;
  }
}

/** The needles for an operation on a root seed. */
export function needlesFor(root: Uint8Array, expects: Expectation): Needles {
  return needlesOf(new Map([['', root]]), expects);
}

/** The needles when only some seeds are known. Each live seed has to be. */
export function needlesOf(known: ReadonlyMap<Path, Uint8Array>, expects: Expectation): Needles {
  const tree = new SeedTree(known);
  const seeds = [...new Set([...expects.live, ...expects.gone.filter((path) => tree.knows(path))])];
  const leaves = expects.leaves.filter((path) => tree.knows(path));
  const all = [
    ...seeds.map((path): [string, Uint8Array] => [seedName(path), tree.seed(path)]),
    ...leaves.flatMap((path) => derivedFrom(path, tree.seed(path), expects.signed)),
    ...derivedOtherwise(expects, tree),
  ];
  return {
    live: new Set(expects.live.map(seedName)),
    // A copy, because the needle zeroes the bytes that it is made from.
    all: all.map(([name, bytes]) => MaskedNeedle.fromBytes(name, Uint8Array.from(bytes))),
  };
}

function derivedOtherwise({ also }: Expectation, tree: SeedTree): [string, Uint8Array][] {
  if (also === undefined) return [];
  const root = tree.seed('');
  return also === 'VRF proofs' ? proofSecrets(root, MESSAGE) : extendedSecrets(root, MESSAGE);
}

function derivedFrom(path: Path, seed: Uint8Array, signed: boolean): [string, Uint8Array][] {
  const { firstHalf, prefix, scalar } = expandedKey(seed);
  const derived: [string, Uint8Array][] = [
    ['SHA-512, first half,', firstHalf],
    ['SHA-512, second half,', prefix],
    ['scalar', scalar],
    ['digits of the scalar', radix16Digits(scalar)],
  ];
  if (signed) {
    const nonce = nonceOf(prefix, MESSAGE);
    derived.push(
      ['nonce', nonce.hash],
      ['nonce modulo the order', nonce.reduced],
      ['digits of the nonce', radix16Digits(nonce.reduced)],
    );
  }
  return derived.map(([name, bytes]) => [`${name} of ${seedName(path)}`, bytes]);
}
