import { resultOf } from './child-process.js';

/** A function, and the bytes of the heap that it allocates itself for each call of the operation. */
export interface AllocationSite {
  readonly name: string;
  readonly bytes: number;
}

/** The bytes that an operation leaves on the heap. */
export interface AllocationResult {
  readonly operation: string;
  readonly calls: number;
  /** Bytes for each call. */
  readonly bytes: number;
  /** Bytes of the result of a call, which is not garbage. */
  readonly ofResult: number;
  readonly sites: readonly AllocationSite[];
}

/** A young generation of 64 MiB holds what ten thousand calls leave without a collection. */
const ALLOCATION_FLAGS = [
  '--expose-gc',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--single-threaded-gc',
];

/** Counts in a separate process. */
export function allocations(): AllocationResult[] {
  return resultOf({
    program: 'child-allocations',
    flags: ALLOCATION_FLAGS,
  }) as AllocationResult[];
}
