import { checkedText } from './arguments.js';
import { argumentError } from './error.js';

/** One mapping of a process, as the kernel describes it in `/proc/PID/smaps`. */
export interface Mapping {
  /** First address. */
  readonly start: number;
  /** The address after the last. */
  readonly end: number;
  /** Bytes. */
  readonly size: number;
  /** `rw-p` and the like. */
  readonly permissions: string;
  /** A path, `[heap]`, `[stack]` and the like; empty for anonymous memory, such as other threads' stacks. */
  readonly name: string;
  /** Bytes that stand in physical memory or in swap. */
  readonly resident: number;
  /** Whether it is locked in memory (VmFlags `lo`). */
  readonly locked: boolean;
  /** Whether it would be part of a core dump (no VmFlags `dd`). */
  readonly dumped: boolean;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** The kernel's two-letter flags. */
  readonly flags: readonly string[];
}

const HEADER = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+ *(.*)$/;
const FIELD = /^(\w+): +(.*?) *$/;

/** The kernel counts huge pages on their own. */
const RESIDENT = ['Rss', 'Swap', 'Shared_Hugetlb', 'Private_Hugetlb'];

/**
 * Reads the text of an `smaps` file.
 *
 * Source: proc_pid_smaps(5).
 *
 * @param text - The whole file.
 * @returns The mappings in the order of the file, which is that of the addresses; frozen. Lines of another kind are passed
 * over.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when it is no text, or a size in it no number.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseMappings } from '@evolock/memory-scan';
 *
 * const [heap] = parseMappings(`00400000-00402000 rw-p 00000000 00:00 0    [heap]
 * KernelPageSize:        4 kB
 * Rss:                   8 kB
 * VmFlags: rd wr mr mw me lo ac dd
 * `);
 * assert.equal(heap?.name, '[heap]');
 * assert.equal(heap.locked, true);
 * assert.equal(heap.dumped, false);
 * ```
 */
export function parseMappings(text: string): Mapping[] {
  const mappings: { header: RegExpExecArray; fields: Map<string, string> }[] = [];
  for (const line of checkedText('the text of an smaps file', text).split('\n')) {
    const header = HEADER.exec(line);
    if (header) mappings.push({ header, fields: new Map() });
    const field = header ? null : FIELD.exec(line);
    if (field) mappings.at(-1)?.fields.set(field[1]!, field[2]!);
  }
  return mappings.map(({ header, fields }) => mapping(header, fields));
}

function mapping(header: RegExpExecArray, fields: ReadonlyMap<string, string>): Mapping {
  const start = Number.parseInt(header[1]!, 16);
  const end = Number.parseInt(header[2]!, 16);
  const flags = fields.get('VmFlags')?.split(' ') ?? [];
  // A predicate that is shown a mapping cannot turn the scan elsewhere.
  return Object.freeze({
    start,
    end,
    size: end - start,
    permissions: header[3]!,
    name: header[4]!,
    resident: RESIDENT.reduce((sum, name) => sum + bytes(fields.get(name)), 0),
    locked: flags.includes('lo'),
    dumped: !flags.includes('dd'),
    pageSize: bytes(fields.get('KernelPageSize')) || 4096,
    flags: Object.freeze(flags),
  });
}

/** `12 kB` */
function bytes(text: string | undefined): number {
  const kibibytes = Number.parseInt(text ?? '0', 10);
  if (Number.isNaN(kibibytes)) throw argumentError('a size in an smaps file must be a number');
  return 1024 * kibibytes;
}
