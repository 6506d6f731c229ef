import { MemoryScanError } from './errors.js';
import { sortHits, type Hit } from './search/hit.js';
import { type Mapping } from './process/mappings.js';
import { type MaskedNeedle } from './search/masked-needle.js';
import { patternTable } from './search/pattern-table.js';
import { isOwnProcess, requireLinux, requireProcessId } from './process/process-files.js';
import { appendRange, ProcessMemory, type AddressRange } from './process/process-memory.js';
import { readMappings } from './process/mappings.js';
import { type Finding, type ProcessReport, type UnreadableMemory } from './report.js';
import { checkNeedles, type ScanOptions, wantedEncodings } from './scan-options.js';
import { Search } from './search/search.js';

/**
 * Reports each copy of a needle, or a part of one, in the memory of another process.
 *
 * The process continues during the scan: stop it with {@link withStoppedProcess} if that matters. The scan keeps the needles
 * masked and wipes the memory that it read.
 *
 * @param pid - Another process.
 * @param needles - At least one needle.
 * @param options - Encodings.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_OWN_PROCESS` for this process: use {@link scanOwnProcess};
 * `ERR_MEMORY_SCAN_NO_PROCESS`, also when the process ends during the scan; `ERR_MEMORY_SCAN_PERMISSION`;
 * `ERR_MEMORY_SCAN_NEEDLE` when a needle has no usable fragment;
 * `ERR_MEMORY_SCAN_ARGUMENT` or `ERR_MEMORY_SCAN_PLATFORM`.
 *
 * @example
 * ```ts
 * import { spawn } from 'node:child_process';
 * import { describeFindings, MaskedNeedle, scanProcess } from '@evolock/memory-scan';
 *
 * const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
 * const { findings } = scanProcess(child.pid!, [MaskedNeedle.random('canary', 32)]);
 * console.log(describeFindings(findings)); // no finding
 * child.kill();
 * ```
 */
export function scanProcess(
  pid: number,
  needles: readonly MaskedNeedle[],
  options?: ScanOptions,
): ProcessReport {
  requireLinux();
  requireProcessId(pid);
  checkNeedles(needles);
  const encodings = wantedEncodings(options);
  if (isOwnProcess(pid)) {
    throw new MemoryScanError(
      'ERR_MEMORY_SCAN_OWN_PROCESS',
      'a process that scans itself finds its own buffers: use scanOwnProcess, which scans from a child process',
    );
  }
  const table = patternTable(needles, encodings);
  const mappings = readMappings(pid);
  const memory = new ProcessMemory(pid);
  const search = new Search(table, (target, address) => memory.read(target, address));
  const unreadable: UnreadableMemory[] = [];
  try {
    const pageSize = Math.min(...mappings.map((mapping) => mapping.pageSize));
    const readable = withoutUnreadable(mappings, unreadable);
    for (const range of rangesOf(memory, readable, pageSize))
      searchRange(search, range, mappings, pageSize, unreadable);
  } finally {
    search.wipe();
    memory.close();
  }
  return {
    findings: sortHits(search.hits).map((hit) => withMapping(hit, mappings)),
    unreadable: unreadable.sort((left, right) => left.start - right.start),
    searched: search.searched,
  };
}

/** The readable mappings. Adds the others to `unreadable`. */
function withoutUnreadable(
  mappings: readonly Mapping[],
  unreadable: UnreadableMemory[],
): readonly Mapping[] {
  return mappings.filter((mapping) => {
    const reason = neverReadable(mapping);
    if (reason) unreadable.push({ start: mapping.start, end: mapping.end, mapping, reason });
    return reason === undefined;
  });
}

/** The ranges to search. A range may extend over adjacent mappings, as a copy may. */
function rangesOf(
  memory: ProcessMemory,
  mappings: readonly Mapping[],
  pageSize: number,
): AddressRange[] {
  const ranges: AddressRange[] = [];
  for (const mapping of mappings)
    for (const range of memory.residentRanges(mapping, pageSize)) appendRange(ranges, range);
  return ranges;
}

function neverReadable({ end, flags }: Mapping): UnreadableMemory['reason'] | undefined {
  // The upper half of the address space, which contains no memory of a process.
  if (end > Number.MAX_SAFE_INTEGER) return 'kernel';
  return flags.includes('io') || flags.includes('pf') ? 'device' : undefined;
}

/** Searches a range, and continues after each unreadable page. */
function searchRange(
  search: Search,
  { start, end }: AddressRange,
  mappings: readonly Mapping[],
  pageSize: number,
  unreadable: UnreadableMemory[],
): void {
  for (let from = start; from < end;) {
    const reached = search.range(from, end);
    if (reached >= end) return;
    const page = reached - (reached % pageSize);
    from = page + pageSize;
    addUnreadable(unreadable, page, from, mappingAt(mappings, page));
  }
}

function addUnreadable(
  unreadable: UnreadableMemory[],
  start: number,
  end: number,
  mapping: Mapping,
): void {
  const last = unreadable.at(-1);
  if (last?.end === start && last.mapping === mapping) {
    unreadable[unreadable.length - 1] = { ...last, end };
  } else {
    unreadable.push({ start, end, mapping, reason: 'refused' });
  }
}

function withMapping(hit: Hit, mappings: readonly Mapping[]): Finding {
  return { ...hit, mapping: mappingAt(mappings, hit.address) };
}

/** Only mappings are searched, so each address is in one of them. */
function mappingAt(mappings: readonly Mapping[], address: number): Mapping {
  const mapping = mappings.find(({ start, end }) => start <= address && address < end);
  if (mapping === undefined) throw new RangeError(`no mapping has 0x${address.toString(16)}`);
  return mapping;
}
