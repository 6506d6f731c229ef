import { type Hit } from './hit.js';
import { type Mapping } from './mapping.js';
import { type UnusedFragments } from './pattern-table.js';

/** A copy, or a piece of one, in the memory of a process. */
export interface Finding extends Hit {
  /** The mapping in which it begins. */
  readonly mapping: Mapping;
}

/** Memory that was there and could not be read. */
export interface UnreadableMemory {
  /** First address. */
  readonly start: number;
  /** The address after the last. */
  readonly end: number;
  readonly mapping: Mapping;
  readonly reason: 'device' | 'kernel' | 'refused';
}

/** What every scan reports. */
export interface SearchReport {
  /** Fragments that were not looked for; empty for a needle that is random. */
  readonly unused: readonly UnusedFragments[];
  /** Bytes that were searched. */
  readonly searched: number;
  /** How long the scan took. */
  readonly milliseconds: number;
}

/** What a scan of a process reports. */
export interface ProcessReport extends SearchReport {
  /** In order of address. */
  readonly findings: readonly Finding[];
  /**
   * What could not be read: memory of a device (as `[vvar]` is), of the kernel (`[vsyscall]`), or pages that the kernel
   * refused. A proof that nothing is there has to look at the last.
   */
  readonly unreadable: readonly UnreadableMemory[];
  /** Bytes of mapped files that were left out, since the process has not written to them: see `skipUnwritten`. */
  readonly skipped: number;
}

/** What a scan of a file reports. */
export interface FileReport extends SearchReport {
  /** In order of offset. */
  readonly findings: readonly Hit[];
}
