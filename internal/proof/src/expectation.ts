import { leafPath, seedsAt, seedsOnTheWay, type Path } from './tree.js';

/** Where a scan has to find which secrets. */
export interface Expectation {
  /** Seeds that are alive: each is found in locked memory, and none anywhere else. */
  readonly live: readonly Path[];
  /** Seeds that are nowhere, locked memory included. */
  readonly gone: readonly Path[];
  /** Seeds that an Ed25519 key was made of: what is derived from them is nowhere. */
  readonly leaves: readonly Path[];
  /** Whether these keys have signed, so that their nonces have to be nowhere. */
  readonly signed: boolean;
}

/** The root seed is alive, and nothing was made of it. */
export const liveRoot: Expectation = { live: [''], gone: [], leaves: [], signed: false };

/** Nothing of the root seed is left, and nothing was made of it. */
export const goneRoot: Expectation = { live: [], gone: [''], leaves: [], signed: false };

/** An Ed25519 key whose seed is the root: alive, and it has signed or not. */
export function liveKey(signed: boolean): Expectation {
  return { live: [''], gone: [], leaves: [''], signed };
}

/** What a composed key leaves behind. */
export interface KeyState {
  readonly depth: number;
  /** Where the key stands. */
  readonly period: number;
  /** The leaves on the way to which nothing may be left; the first and the last when absent. */
  readonly visited?: readonly number[];
  readonly signed?: boolean;
}

/** A composed key that is alive, its root seed released. */
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

/** The same when everything that was alive has been released. */
export function released(expectation: Expectation): Expectation {
  const { live, gone } = expectation;
  return { ...expectation, live: [], gone: [...live, ...gone] };
}

/** The same with the root seed alive. */
export function withLiveRoot(expectation: Expectation): Expectation {
  return {
    ...expectation,
    live: [...new Set(['', ...expectation.live])],
    gone: expectation.gone.filter((path) => path !== ''),
  };
}
