import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkOptions, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { ENCODINGS, type Encoding, type EncodingsOf } from './encodings.js';
import { MemoryScanError } from './errors.js';
import { MaskedNeedle } from './needle.js';
import { patternTable } from './pattern-table.js';
import {
  isOwnProcess,
  readMappings,
  requireLinux,
  checkProcessId,
  type Mapping,
} from './process.js';
import { appendRange, ProcessMemory, type AddressRange } from './process-memory.js';
import type { FileReport, Finding, ProcessReport, UnreadableMemory } from './report.js';
import { Search, sortHits, type Hit } from './search.js';

/** Options of a scan. */
export interface ScanOptions {
  /** The encodings to search for: of every needle, or by the names of needles. All encodings when absent. */
  readonly encodings?: readonly Encoding[] | Readonly<Record<string, readonly Encoding[]>>;
}

/** Checks the options. */
export function wantedEncodings(options: ScanOptions | undefined): EncodingsOf {
  const { encodings = ENCODINGS } = checkOptions(options, ['encodings']);
  if (typeof encodings !== 'object' || encodings === null || Array.isArray(encodings)) {
    const wanted = checkedEncodings(encodings);
    return () => wanted;
  }
  const byName = new Map(
    Object.entries(encodings).map(([name, wanted]) => [name, checkedEncodings(wanted)]),
  );
  return (name) => byName.get(name) ?? ENCODINGS;
}

function checkedEncodings(encodings: unknown): readonly Encoding[] {
  const known: readonly unknown[] = ENCODINGS;
  if (
    !Array.isArray(encodings) ||
    encodings.length === 0 ||
    !encodings.every((each) => known.includes(each))
  )
    throw wrongValue('encodings', `some of ${ENCODINGS.join(', ')}`, 'others');
  return ENCODINGS.filter((each) => encodings.includes(each));
}

/** Refuses anything but needles, at least one, each with another name. */
export function checkNeedles(needles: readonly MaskedNeedle[]): void {
  const isList = Array.isArray(needles) && needles.length > 0;
  if (!isList || !needles.every((needle) => needle instanceof MaskedNeedle))
    throw wrongType('needles', 'an array of MaskedNeedle, at least one', needles);
  if (new Set(needles.map(({ name }) => name)).size < needles.length)
    throw wrongValue('needles', 'different names', 'one name twice');
}

/**
 * Reports each copy of a needle in a file of any size: a core dump, a heap snapshot, a log. The `address` of a finding is
 * the offset in the file. Works on each platform.
 *
 * @param path - Text or a `file:` URL.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_FILE` when the file cannot be read, with the system's error as
 * `cause`; `ERR_MEMORY_SCAN_NEEDLE`.
 */
export function scanFile(
  path: string | URL,
  needles: readonly MaskedNeedle[],
  options?: ScanOptions,
): FileReport {
  const name = checkedPath(path);
  checkNeedles(needles);
  const table = patternTable(needles, wantedEncodings(options));
  const search = withFile(name, (file, size) => {
    const made = new Search(table, (target, position) => readFully(file, target, position));
    try {
      if (made.range(0, size) < size) throw new Error('the file became shorter during the scan');
    } finally {
      made.wipe();
    }
    return made;
  });
  return { findings: sortHits(search.hits), searched: search.searched };
}

function checkedPath(path: string | URL): string {
  if (typeof path === 'string') return path;
  if (!(path instanceof URL)) throw wrongType('path', 'text or a file: URL', path);
  if (path.protocol !== 'file:') throw wrongValue('path', 'a URL of a file', path.protocol);
  return fileURLToPath(path);
}

function withFile<Result>(path: string, work: (file: number, size: number) => Result): Result {
  try {
    const file = openSync(path, 'r');
    try {
      const status = fstatSync(file);
      if (!status.isFile()) throw new Error('it is not a regular file');
      return work(file, status.size);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new MemoryScanError('ERR_MEMORY_SCAN_FILE', `cannot scan the file ${path}`, {
      cause,
    });
  }
}

function readFully(file: number, target: Uint8Array, position: number): number {
  let done = 0;
  while (done < target.length) {
    const read = readSync(file, target, done, target.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

/**
 * Reports each copy of a needle, or a part of one, in the memory of another process. The scan keeps the needles masked and
 * wipes the memory that it read. The process may change its memory meanwhile, so let it stop first:
 * {@link waitUntilStopped}.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_OWN_PROCESS` for this process: use {@link scanOwnProcess};
 * `ERR_MEMORY_SCAN_NO_PROCESS`, also when the process ends during the scan; `ERR_MEMORY_SCAN_PERMISSION`;
 * `ERR_MEMORY_SCAN_NEEDLE` when a needle has no usable fragment; `ERR_MEMORY_SCAN_PLATFORM`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { spawn } from 'node:child_process';
 * import { describeFindings, MaskedNeedle, scanProcess } from '@evolock/memory-scan';
 *
 * const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
 * assert(child.pid !== undefined);
 * const { findings } = scanProcess(child.pid, [MaskedNeedle.random('canary', 32)]);
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
  checkProcessId(pid);
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
    for (const range of rangesOf(memory, mappings.filter(isReadable), pageSize))
      searchRange(search, range, mappings, pageSize, unreadable);
  } finally {
    search.wipe();
    memory.close();
  }
  return {
    findings: sortHits(search.hits).map((hit) => withMapping(hit, mappings)),
    unreadable,
    searched: search.searched,
  };
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

/** Not the memory of a device, nor the upper half of the address space, which contains no memory of a process. */
function isReadable({ end, flags }: Mapping): boolean {
  return end <= Number.MAX_SAFE_INTEGER && !flags.includes('io') && !flags.includes('pf');
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

/** Adds a page at the end, and joins it with an adjacent last one. */
function addUnreadable(
  unreadable: UnreadableMemory[],
  start: number,
  end: number,
  mapping: Mapping,
): void {
  const last = unreadable.at(-1);
  const continues = last?.end === start && last.mapping === mapping;
  if (continues) unreadable.pop();
  unreadable.push({ start: continues ? last.start : start, end, mapping });
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
