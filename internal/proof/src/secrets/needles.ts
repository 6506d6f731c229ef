/**
 * What a scan looks for. It is derived from the root seed without the packages and without libsodium.
 */
import { MaskedNeedle } from '@evolock/memory-scan';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { extendedSecrets, keySecrets, proofSecrets } from './derived.js';
import { MESSAGE, type Expectation, type Path } from './expectation.js';

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

/**
 * A seed of a tree, derived from one above it and added; `undefined` when none above it is known.
 *
 * Source: Malkin, Micciancio, Miner, section 3.1: H(0x01 ‖ seed) to the left, H(0x02 ‖ seed) to the right.
 */
function seedIn(tree: Map<Path, Uint8Array>, path: Path): Uint8Array | undefined {
  const known = tree.get(path);
  if (known !== undefined || path === '') return known;
  const parent = seedIn(tree, path.slice(0, -1));
  if (parent === undefined) return undefined;
  const prefix = Uint8Array.of(path.endsWith('L') ? 1 : 2);
  const seed = blake2b(concatBytes(prefix, parent), { dkLen: 32 });
  tree.set(path, seed);
  return seed;
}

/** The needles below the seeds that are known. Each live seed has to be known. */
export function needlesOf(
  known: ReadonlyMap<Path, Uint8Array>,
  { live, gone, leaves, signed, also }: Expectation,
): Needles {
  const tree = new Map(known);
  const knownOf = (paths: readonly Path[]) =>
    paths.flatMap((path): [string, Uint8Array][] => {
      const seed = seedIn(tree, path);
      if (seed === undefined && live.includes(path)) throw new Error(`${path} is not known`);
      return seed === undefined ? [] : [[seedName(path), seed]];
    });
  const message = signed ? MESSAGE : undefined;
  const all = [
    ...knownOf([...new Set([...live, ...gone])]),
    ...knownOf(leaves).flatMap(([name, seed]) => keySecrets(name, seed, message)),
    ...(also === 'VRF proofs' ? proofSecrets(tree.get('')!, MESSAGE) : []),
    ...(also === 'extended key' ? extendedSecrets(tree.get('')!, MESSAGE) : []),
  ];
  return {
    live: new Set(live.map(seedName)),
    // A copy, because the needle zeroes the bytes that it is made from.
    all: all.map(([name, bytes]) => MaskedNeedle.fromBytes(name, Uint8Array.from(bytes))),
  };
}
