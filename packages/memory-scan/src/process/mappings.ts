/** The mappings of a process, as the kernel states them. */
import { readFileSync } from 'node:fs';
import { argumentError } from '../errors.js';
import { noProcess, onProcess, requireLinux, requireProcessId } from './process-files.js';

/** A mapping of a process, from `/proc/PID/smaps`. */
export interface Mapping {
  /** First address. */
  readonly start: number;
  /** The address after the last. */
  readonly end: number;
  /** Bytes. */
  readonly size: number;
  /** `rw-p` for instance. */
  readonly permissions: string;
  /** A path, `[heap]` or `[stack]` for instance; empty for anonymous memory, such as the stacks of threads. */
  readonly name: string;
  /** Bytes in physical memory or in swap. */
  readonly resident: number;
  /** Whether it is locked in memory (VmFlags `lo`). */
  readonly locked: boolean;
  /** Whether a core dump includes it (no VmFlags `dd`). */
  readonly dumped: boolean;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** The kernel's two-letter flags. */
  readonly flags: readonly string[];
}

const HEADER = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+ *(.*)$/;
const FIELD = /^(\w+): +(.*?) *$/;

/** The kernel counts huge pages separately. */
const RESIDENT = ['Rss', 'Swap', 'Shared_Hugetlb', 'Private_Hugetlb'];

/**
 * Parses the text of an `smaps` file.
 *
 * Source: proc_pid_smaps(5).
 *
 * @param text - The whole file.
 * @returns The mappings in order of address. Unknown lines are skipped.
 */
export function parseMappings(text: string): Mapping[] {
  const mappings: { header: RegExpExecArray; fields: Map<string, string> }[] = [];
  for (const line of text.split('\n')) {
    const header = HEADER.exec(line);
    if (header) mappings.push({ header, fields: new Map() });
    const [, name, value] = (header ? null : FIELD.exec(line)) ?? [];
    if (name !== undefined && value !== undefined) mappings.at(-1)?.fields.set(name, value);
  }
  return mappings.map(({ header, fields }) => mapping(header, fields));
}

function mapping(header: RegExpExecArray, fields: ReadonlyMap<string, string>): Mapping {
  const [, from = '', to = '', permissions = '', name = ''] = header;
  const start = Number.parseInt(from, 16);
  const end = Number.parseInt(to, 16);
  const flags = fields.get('VmFlags')?.split(' ') ?? [];
  return {
    start,
    end,
    size: end - start,
    permissions,
    name,
    resident: RESIDENT.reduce((sum, field) => sum + bytes(fields.get(field)), 0),
    locked: flags.includes('lo'),
    dumped: !flags.includes('dd'),
    pageSize: bytes(fields.get('KernelPageSize')) || 4096,
    flags,
  };
}

/** `12 kB` */
function bytes(text: string | undefined): number {
  const kibibytes = Number.parseInt(text ?? '0', 10);
  if (Number.isNaN(kibibytes)) throw argumentError('a size in an smaps file must be a number');
  return 1024 * kibibytes;
}

/**
 * Reads the mappings of a process, also of this process.
 *
 * @param pid - The process.
 * @returns At least one mapping, in order of address.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_NO_PROCESS` (also for a zombie and for a kernel thread),
 * `ERR_MEMORY_SCAN_PERMISSION`, `ERR_MEMORY_SCAN_ARGUMENT` or `ERR_MEMORY_SCAN_PLATFORM`.
 */
export function readMappings(pid: number): Mapping[] {
  requireLinux();
  requireProcessId(pid);
  const mappings = onProcess(pid, () => parseMappings(readFileSync(`/proc/${pid}/smaps`, 'utf8')));
  if (mappings.length === 0)
    throw noProcess(pid, 'it has no memory: it has ended, or is the kernel');
  return mappings;
}
