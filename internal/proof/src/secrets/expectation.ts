/** The seeds of a key, and which of them a scan has to find where. */

/** The message that every operation signs. It is the same in all processes, because the parent derives the nonce. */
export const MESSAGE = new TextEncoder().encode(
  'a message that is signed, of no interest to anyone',
);

/** A signing key of a root seed, in ordinary memory of the scanning process. */
export interface KnownKey {
  /** 608 bytes. */
  readonly bytes: Uint8Array;
  readonly verificationKey: Uint8Array;
}

/** A seed, by its path from the root: `L` or `R` for the left or right child at each level. */
export type Path = string;

/** The path to a leaf: one letter a level, outermost first. */
export function leafPath(depth: number, period: number): Path {
  return Array.from({ length: depth }, (_, level) =>
    ((period >> (depth - 1 - level)) & 1) === 0 ? 'L' : 'R',
  ).join('');
}

/** The seeds that a key holds at a period: its leaf, and the right sibling of every left node on the path. */
export function seedsAt(depth: number, period: number): Path[] {
  const leaf = leafPath(depth, period);
  const rights = Array.from(leaf).flatMap((side, level) =>
    side === 'L' ? [`${leaf.slice(0, level)}R`] : [],
  );
  return [leaf, ...rights];
}

/** Every seed that is computed on the way from the root to the leaf of a period. */
export function seedsOnTheWay(depth: number, period: number): Path[] {
  const leaf = leafPath(depth, period);
  const children = Array.from(leaf).flatMap((_, level) => {
    const parent = leaf.slice(0, level);
    return [`${parent}L`, `${parent}R`];
  });
  return ['', ...children];
}

/** The periods of a key, first to last. */
export function periodsOf(depth: number): number[] {
  return Array.from({ length: 2 ** depth }, (_, period) => period);
}

/** Where a scan has to find secrets. */
export interface Expectation {
  /** Live seeds. Each has to be in locked memory and nowhere else. */
  readonly live: readonly Path[];
  /** Seeds that must be nowhere, not in locked memory either. */
  readonly gone: readonly Path[];
  /** Seeds of Ed25519 keys. The secrets derived from them must be nowhere. */
  readonly leaves: readonly Path[];
  /** Whether these keys have signed, so that their nonces have to be nowhere. */
  readonly signed: boolean;
  /** What else the root seed was used for, so that the secrets of this use have to be nowhere. */
  readonly also?: 'VRF proofs' | 'extended key';
}

/** The root seed is live, and no key was made of it. */
export const liveRoot: Expectation = { live: [''], gone: [], leaves: [], signed: false };

/** The root seed is erased, and no key was made of it. */
export const goneRoot: Expectation = { live: [], gone: [''], leaves: [], signed: false };

/** A live Ed25519 key whose seed is the root seed. */
export function liveKey(signed: boolean): Expectation {
  return { live: [''], gone: [], leaves: [''], signed };
}

/** A live extended key whose kL and kR are the root seed. It may have signed the message. */
export const extendedKey: Expectation = { ...liveRoot, also: 'extended key' };

/** The state of a composed key. */
export interface KeyState {
  readonly depth: number;
  /** The period of the key. */
  readonly period: number;
  /** The leaves whose paths must be erased. When absent, the first two and the last. */
  readonly visited?: readonly number[];
  readonly signed?: boolean;
}

/** A live composed key whose root seed is released. */
export function keyAt({ depth, period, visited, signed = false }: KeyState): Expectation {
  const last = 2 ** depth - 1;
  const leaves = [...new Set([...(visited ?? [0, 1, last]), period])].filter(
    (each) => each <= last,
  );
  const live = seedsAt(depth, period);
  const used = new Set(leaves.flatMap((each) => seedsOnTheWay(depth, each)));
  for (const path of live) used.delete(path);
  return { live, gone: [...used], leaves: leaves.map((each) => leafPath(depth, each)), signed };
}

/** The same after the release of everything. */
export function released(expectation: Expectation): Expectation {
  const { live, gone } = expectation;
  return { ...expectation, live: [], gone: [...live, ...gone] };
}

/** The same with a live root seed. */
export function withLiveRoot(expectation: Expectation): Expectation {
  return {
    ...expectation,
    live: [...new Set(['', ...expectation.live])],
    gone: expectation.gone.filter((path) => path !== ''),
  };
}
