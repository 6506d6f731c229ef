import { type Hit } from './search/hit.js';
import { type Mapping } from './process/mappings.js';
import { type UnusedFragments } from './search/pattern-table.js';

/** A copy of a needle, or a part of one, in the memory of a process. */
export interface Finding extends Hit {
  /** The mapping at its first address. */
  readonly mapping: Mapping;
}

/** Existing memory that could not be read. */
export interface UnreadableMemory {
  /** First address. */
  readonly start: number;
  /** The address after the last. */
  readonly end: number;
  readonly mapping: Mapping;
  readonly reason: 'device' | 'kernel' | 'refused';
}

/** The report of each scan. */
export interface SearchReport {
  /** Ignored fragments; empty for a random needle. */
  readonly unused: readonly UnusedFragments[];
  /** Searched bytes. */
  readonly searched: number;
  /** Duration of the scan. */
  readonly milliseconds: number;
}

/** The report of a scan of a process. */
export interface ProcessReport extends SearchReport {
  /** In order of address. */
  readonly findings: readonly Finding[];
  /**
   * Unreadable memory: of a device (`[vvar]` for instance), of the kernel (`[vsyscall]`), or pages that the kernel refused. A
   * proof of absence must check the last.
   */
  readonly unreadable: readonly UnreadableMemory[];
  /** Bytes of mapped files that were skipped: see `skipUnwritten`. */
  readonly skipped: number;
}

/** The report of a scan of a file. */
export interface FileReport extends SearchReport {
  /** In order of offset. */
  readonly findings: readonly Hit[];
}
