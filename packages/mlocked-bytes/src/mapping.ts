/**
 * Mappings of locked memory: made, proved locked, wiped, given back. Everything locked in this thread is in this
 * file's list, so that everything can be wiped at exit.
 */
import { readFileSync } from 'node:fs';
import { EvolockError } from '@evolock/direct-serialise';
import { settleLockPolicy, warnUnlocked } from './lock-policy.js';
import { LockLimitError, kernelLockStatus, type KernelLockStatus } from './lock-limit.js';
import { sodium } from './native.js';

/** The largest mapping, in bytes: 1 GiB. */
export const MAX_REGION_SIZE = 1_073_741_824;

/**
 * The most mappings that one thread keeps at once. A mapping with its guard pages takes four entries of the kernel's
 * table, which has 65,530 by default, and libsodium aborts the process when there is none left: refuse long before.
 */
export const MAX_REGIONS = 4_096;

/** Entries of the kernel's table that are left to everything else in the process. */
const SPARE_ENTRIES = 8_192;
/** How many mappings are made between two looks at the kernel's table, which other threads fill as well. */
const LOOK_EVERY = 256;
const ENTRIES_OF_A_MAPPING = 4;

/**
 * There are too many regions. Each takes four of the kernel's mappings, which run out with an abort.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { RegionLimitError } from '@evolock/mlocked-bytes';
 *
 * assert.equal(new RegionLimitError(4096).code, 'ERR_EVOLOCK_REGION_LIMIT');
 * ```
 */
export class RegionLimitError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_REGION_LIMIT';

  constructor(limit: number) {
    super(
      `more than ${String(limit)} locked regions, or too few mappings left to the process: use the pooled allocator, ` +
        'which puts many objects into one region, release what is no longer needed, let the event loop turn (mappings ' +
        'are given back there), or raise vm.max_map_count',
    );
  }
}

/** Bytes of a page. */
export const PAGE = 4_096;

/** What libsodium puts before the bytes to see an underrun, in their first page. */
const CANARY_SIZE = 16;

/**
 * Pages that a mapping of `size` bytes takes, guard pages apart.
 *
 * @internal
 */
export function pagesOf(size: number): number {
  return Math.ceil((size + CANARY_SIZE) / PAGE);
}

/** A mapping: what libsodium knows it by, and how large it is. */
interface Mapping {
  /** All its bytes, up to the guard page behind. */
  readonly handle: Uint8Array;
  readonly pages: number;
  readonly locked: boolean;
}

/** The most mappings, and the most bytes in them, that wait for the event loop to turn. */
const MAX_WAITING = 512;
const MAX_WAITING_PAGES = 512;

/** Views on mappings that have an owner. */
const live = new Map<Uint8Array, Mapping>();
const buffers = new WeakSet<ArrayBufferLike>();
/** Wiped mappings that wait to be made again, by their number of pages: see {@link unmap}. */
const reusable = new Map<number, Mapping[]>();
/** Mappings that are somebody's, wait to be made again, or wait for the kernel to get them. */
let mappings = 0;
let beingFreed = 0;
let pagesBeingFreed = 0;
let made = 0;
let exited = false;

/**
 * Makes a mapping of `size` bytes, proves that it is locked and zeroes it. The bytes end where the guard page begins.
 *
 * @internal
 */
export function map(size: number): Uint8Array {
  const pages = pagesOf(size);
  const mapping = reusable.get(pages)?.pop() ?? mapPages(pages, size);
  const { buffer, byteLength, byteOffset } = mapping.handle;
  // A plain array: the handle is a Buffer, whose `toString` shows and whose `slice` aliases.
  const memory = new Uint8Array(buffer, byteOffset + byteLength - size, size);
  live.set(memory, mapping);
  return memory;
}

function mapPages(pages: number, size: number): Mapping {
  checkRoom();
  const handle = sodium.sodium_malloc(pages * PAGE - CANARY_SIZE);
  mappings += 1;
  let locked: boolean | undefined;
  try {
    locked = prove(handle, size);
    sodium.sodium_memzero(handle);
    buffers.add(handle.buffer);
  } finally {
    if (locked === undefined) free({ handle, pages, locked: false });
  }
  return { handle, pages, locked };
}

function checkRoom(): void {
  if (mappings >= MAX_REGIONS) throw new RegionLimitError(MAX_REGIONS);
  if (
    made % LOOK_EVERY === 0 &&
    mappingsLeft() < ENTRIES_OF_A_MAPPING * LOOK_EVERY + SPARE_ENTRIES
  ) {
    throw new RegionLimitError(mappings);
  }
  made += 1;
}

/** What is left of the kernel's table for this process; all of it where the platform does not tell. */
function mappingsLeft(): number {
  try {
    const limit = Number(readFileSync('/proc/sys/vm/max_map_count', 'latin1'));
    return limit - readFileSync('/proc/self/maps', 'latin1').split('\n').length;
  } catch {
    return Infinity;
  }
}

/**
 * A mapping that could not be locked is handed out all the same; locking it once more fails exactly then.
 *
 * @returns Whether it is locked: always, unless the lock policy allows otherwise.
 */
function prove(handle: Uint8Array, size: number): boolean {
  const policy = settleLockPolicy();
  try {
    sodium.sodium_mlock(handle);
    return true;
  } catch (cause) {
    const error = new LockLimitError(size, kernelLockStatus(), { cause });
    if (policy === 'require') throw error;
    if (policy === 'warn') warnUnlocked(error);
    return false;
  }
}

/**
 * Wipes a mapping now and gives it back. Every view on it detaches; the kernel gets it when the event loop turns.
 *
 * A loop that never lets the event loop turn would pile up mappings that wait to be freed. When many wait, a mapping
 * is kept for the next that is made instead, and its views are not detached before the turn.
 *
 * @internal
 */
export function unmap(memory: Uint8Array): void {
  const mapping = live.get(memory);
  if (mapping === undefined) return;
  live.delete(memory);
  sodium.sodium_memzero(memory);
  const crowded = beingFreed >= MAX_WAITING || pagesBeingFreed + mapping.pages > maxWaitingPages();
  // What could not be locked is not handed out again without another try.
  if (crowded && mapping.locked) keepForReuse(mapping);
  else free(mapping);
}

let waitingPages: number | undefined;

/** Pages that wait are still locked: under a small lock limit, at most a quarter of it may wait. */
function maxWaitingPages(): number {
  waitingPages ??= waitingPagesUnder(kernelLockStatus());
  return waitingPages;
}

function waitingPagesUnder({ limit, unlimited }: KernelLockStatus): number {
  if (unlimited === true || limit === undefined) return MAX_WAITING_PAGES;
  return Math.min(MAX_WAITING_PAGES, Math.floor(limit / PAGE / 4));
}

function free({ handle, pages }: Mapping): void {
  sodium.sodium_free(handle);
  beingFreed += 1;
  pagesBeingFreed += pages;
  setImmediate(() => {
    mappings -= 1;
    beingFreed -= 1;
    pagesBeingFreed -= pages;
  }).unref();
}

function keepForReuse(mapping: Mapping): void {
  if (reusable.size === 0) setImmediate(freeReusable).unref();
  const waiting = reusable.get(mapping.pages);
  if (waiting === undefined) reusable.set(mapping.pages, [mapping]);
  else waiting.push(mapping);
}

function freeReusable(): void {
  const all = [...reusable.values()].flat();
  reusable.clear();
  for (const mapping of all) free(mapping);
}

/**
 * Whether bytes lie in a mapping of this thread that was proved locked.
 *
 * @internal
 */
export function isMapped(bytes: Uint8Array): boolean {
  return buffers.has(bytes.buffer);
}

/**
 * How many mappings have an owner although they could not be locked: none, unless the lock policy allows it.
 *
 * @internal
 */
export function countUnlocked(): number {
  let count = 0;
  for (const { locked } of live.values()) if (!locked) count += 1;
  return count;
}

/**
 * Whether everything has been wiped because the process ends.
 *
 * @internal
 */
export function wipedAtExit(): boolean {
  return exited;
}

// Natural exit would wipe, but process.exit, an uncaught error or a rejection would not.
process.on('exit', () => {
  exited = true;
  for (const memory of live.keys()) sodium.sodium_memzero(memory);
});
