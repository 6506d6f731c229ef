import { resultOf } from './child-process.js';

/** A function, and how many bytes of the heap it takes itself for each call of the operation. */
export interface AllocationSite {
  readonly name: string;
  readonly bytes: number;
}

/** What an operation leaves on the heap. */
export interface AllocationResult {
  readonly operation: string;
  readonly calls: number;
  /** Bytes for each call. */
  readonly bytes: number;
  /** Bytes of what a call gives, which is no garbage. */
  readonly ofResult: number;
  readonly sites: readonly AllocationSite[];
}

/** A young generation of 64 MiB: what some ten thousand calls leave fits without a collection. */
const ALLOCATION_FLAGS = [
  '--expose-gc',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--single-threaded-gc',
];

/** Counts in a process of its own. */
export function allocations(): AllocationResult[] {
  return resultOf({
    program: 'child-allocations',
    flags: ALLOCATION_FLAGS,
  }) as AllocationResult[];
}
