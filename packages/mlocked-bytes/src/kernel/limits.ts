/**
 * Limits of the kernel, as `/proc` reports them (see proc(5)): locked memory, memory, entries in the table of mappings,
 * core dumps. Each value is `undefined` where the platform does not report it: on everything but Linux, or where `/proc` is
 * not mounted.
 */
import { readFileSync, statSync } from 'node:fs';
import { MemoryRefusedError, RegionLimitError } from '../errors.js';

/** One field of a file of the kernel: the first group of the pattern; `undefined` when there is no such file or field. */
export function procField(path: string, pattern: RegExp): string | undefined {
  try {
    return pattern.exec(readFileSync(path, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

/** A field that is a number of units of `unit` bytes each; `unlimited` is `Infinity`. */
function procBytes(path: string, pattern: RegExp, unit: number): number | undefined {
  const value = procField(path, pattern);
  if (value === undefined) return undefined;
  return value === 'unlimited' ? Infinity : Number(value) * unit;
}

/** How much memory this process may lock and has locked, in bytes, as the kernel reports it. */
export interface KernelLockStatus {
  /**
   * The limit that applies to this process, bytes: the soft limit of locked memory (RLIMIT_MEMLOCK). `Infinity` for no limit,
   * and with CAP_IPC_LOCK, which root has.
   */
  readonly limit: number | undefined;
  /** Memory of the process that is locked now (VmLck), bytes. */
  readonly locked: number | undefined;
}

/** Reads how much memory may be locked and is locked. */
export function kernelLockStatus(): KernelLockStatus {
  return {
    limit: hasIpcLock()
      ? Infinity
      : procBytes('/proc/self/limits', /^Max locked memory\s+(\d+|unlimited)/m, 1),
    locked: procBytes('/proc/self/status', /^VmLck:\s*(\d+) kB$/m, 1024),
  };
}

/** The kernel requires the capability in the initial user namespace, where root of a rootless container does not have it. */
function isInitialUserNamespace(): boolean {
  return procField('/proc/self/uid_map', /^\s*0\s+0\s+(4294967295)\s*$/) !== undefined;
}

const CAP_IPC_LOCK = 14n;

/** Whether the limit does not apply to this process. */
function hasIpcLock(): boolean {
  const capabilities = procField('/proc/self/status', /^CapEff:\s*([0-9a-f]+)$/m) ?? '0';
  const isHeld = ((BigInt(`0x${capabilities}`) >> CAP_IPC_LOCK) & 1n) === 1n;
  return isHeld && isInitialUserNamespace();
}

/** Bytes beside the mapping itself: guard pages, and memory that the engine needs to continue. */
const OVERHEAD = 1_048_576;

/**
 * Checks that the kernel will give memory of a size in bytes. The binding of libsodium does not check the result of an
 * allocation: the process would abort.
 */
export function checkMemory(size: number): void {
  check(size, 'limit of data', left('Max data size', 'VmData'));
  check(size, 'limit of the address space', left('Max address space', 'VmSize'));
  // Locked memory must be backed by pages: if less is available, the kernel kills a process.
  check(size, 'available memory', procBytes('/proc/meminfo', /^MemAvailable:\s*(\d+) kB$/m, 1024));
}

function check(size: number, resource: string, bytesLeft: number | undefined): void {
  if (bytesLeft === undefined || size + OVERHEAD <= bytesLeft) return;
  throw new MemoryRefusedError(size, resource, Math.max(0, bytesLeft));
}

function left(limitName: string, usedName: string): number | undefined {
  const limit = procBytes(
    '/proc/self/limits',
    new RegExp(`^${limitName}\\s+(\\d+|unlimited)`, 'm'),
    1,
  );
  if (limit === undefined || limit === Infinity) return limit;
  const used = procBytes('/proc/self/status', new RegExp(`^${usedName}:\\s*(\\d+) kB$`, 'm'), 1024);
  return used === undefined ? undefined : limit - used;
}

/** The most mappings that one thread has at once. */
export const MAX_REGIONS = 4_096;

/**
 * Entries in the kernel's table of mappings that are left to the rest of the process. The table has 65,530 entries by
 * default, and libsodium aborts the process when none is left.
 */
const SPARE_ENTRIES = 8_192;
/** Two guard pages, the page of the canary, and the bytes. */
const ENTRIES_OF_A_MAPPING = 4;
/** The most mappings that are made between two readings of what is left. */
const READ_EVERY = 256;
/** Bytes that all mappings up to the next reading may take: slabs of 64 KiB. Larger mappings are checked one by one. */
const MEMORY_TO_THE_NEXT_READING = READ_EVERY * 65_536;

let untilTheNextReading = 0;

/** Checks that one more mapping may be made by a thread that has so many. */
export function checkRoom(mappings: number): void {
  if (mappings >= MAX_REGIONS) throw new RegionLimitError(MAX_REGIONS);
  if (untilTheNextReading === 0) untilTheNextReading = mappingsToTheNextReading(mappings);
  untilTheNextReading -= 1;
}

/** How many more mappings may be made: up to the limit of this thread, and to what is left of the kernel's table. */
export function roomLeft(mappings: number): number {
  const spare = Math.floor((entriesLeft() - SPARE_ENTRIES) / ENTRIES_OF_A_MAPPING);
  return Math.max(0, Math.min(MAX_REGIONS - mappings, spare));
}

/** The table belongs to the whole process: every thread gets a share of half of what is left. */
function mappingsToTheNextReading(mappings: number): number {
  checkMemory(MEMORY_TO_THE_NEXT_READING);
  const spare = entriesLeft() - SPARE_ENTRIES;
  if (spare <= 0) throw new RegionLimitError(mappings);
  const share = Math.floor(spare / (2 * ENTRIES_OF_A_MAPPING * threads()));
  return Math.min(READ_EVERY, Math.max(1, share));
}

/** Entries left of the kernel's table for this process; `Infinity` where the platform does not report it. */
function entriesLeft(): number {
  const limit = procField('/proc/sys/vm/max_map_count', /^(\d+)/);
  return limit === undefined ? Infinity : Number(limit) - entriesUsed();
}

const NEW_LINE = 10;

function entriesUsed(): number {
  let lines = 0;
  // Thousands of lines: they are counted in the bytes, without a string for each.
  for (const byte of readFileSync('/proc/self/maps')) if (byte === NEW_LINE) lines += 1;
  return lines;
}

function threads(): number {
  return Number(procField('/proc/self/status', /^Threads:\s*(\d+)$/m) ?? 1);
}

/** Soft limit of a core dump (RLIMIT_CORE), bytes. */
export function coreLimit(): number | undefined {
  return procBytes('/proc/self/limits', /^Max core file size\s+(\d+|unlimited)/m, 1);
}

/**
 * Whether the kernel marks this process as dumpable. Files in `/proc/self` belong to root when it is not, else to its
 * effective user. When that is root, the answer is unknown.
 */
export function isDumpable(): boolean | undefined {
  const user = process.geteuid?.();
  if (user === undefined || user === 0) return undefined;
  const owner = statSync('/proc/self/status', { throwIfNoEntry: false })?.uid;
  return owner === undefined ? undefined : owner === user;
}
