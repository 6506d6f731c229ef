/**
 * Mappings of locked memory: how they are made, proved locked, wiped and given back. All locked memory of this thread is in
 * the list of this file, so that all of it can be wiped at exit.
 */
import { LockLimitError, RegionLimitError } from '../errors.js';
import {
  checkMemory,
  checkRoom,
  kernelLockStatus,
  roomLeft,
  type KernelLockStatus,
} from './limits.js';
import { settleLockPolicy, warnUnlocked } from './lock-policy.js';
import { sodium } from './native.js';

/** The largest mapping, in bytes: 1 GiB. */
export const MAX_REGION_SIZE = 1_073_741_824;

/** Bytes of a page. */
export const PAGE = 4_096;

/** Bytes that libsodium puts before the memory, in its first page, to detect an underrun. */
const CANARY_SIZE = 16;

/** Pages of a mapping of `size` bytes, without its guard pages. */
export function pagesOf(size: number): number {
  return Math.ceil((size + CANARY_SIZE) / PAGE);
}

/** A mapping: the handle by which libsodium frees it, and its size. */
interface Mapping {
  /** All its bytes, up to the guard page after them. */
  readonly handle: Uint8Array;
  readonly pages: number;
  readonly locked: boolean;
}

/** Pages above which free memory is checked before a mapping is made. */
const LARGE = 16;

/** The most mappings, and the most bytes in them, that wait for the event loop to turn. */
const MAX_WAITING = 512;
const MAX_WAITING_PAGES = 512;

const live = new Map<Uint8Array, Mapping>();
/** Wiped mappings that are kept for the next owner, by their number of pages: see {@link unmap}. */
const reusable = new Map<number, Mapping[]>();
/** Functions that free the wiped mappings that a pool keeps: see {@link whenShort}. */
const keepers = new Set<Keeper>();

/** The mappings that were freed in this turn of the event loop: they are locked until the kernel gets them at its end. */
class Leaving {
  #count = 0;
  #pages = 0;
  #mostPages: number | undefined;

  /** How many they are. */
  get count(): number {
    return this.#count;
  }

  /** Whether they are so many that one more is kept instead. At most a quarter of a small lock limit may wait. */
  isFull(pages: number): boolean {
    this.#mostPages ??= waitingPagesUnder(kernelLockStatus());
    return this.#count >= MAX_WAITING || this.#pages + pages > this.#mostPages;
  }

  /** Counts one until the event loop turns. */
  add(pages: number): void {
    this.#count += 1;
    this.#pages += pages;
    setImmediate(() => {
      this.#count -= 1;
      this.#pages -= pages;
    }).unref();
  }
}

const leaving = new Leaving();

/** Whether everything was wiped because the process ends. A property: reading it costs no call. */
export const processEnd = { reached: false };

/** Frees every mapping that it keeps for later use only. */
export type Keeper = (free: (memory: Uint8Array) => void) => void;

/** Makes a mapping of `size` bytes, proves that it is locked and zeroes it. The bytes end where the guard page begins. */
export function map(size: number): Uint8Array {
  const pages = pagesOf(size);
  const mapping = reusable.get(pages)?.pop() ?? newMapping(pages, size);
  const { buffer, byteLength, byteOffset } = mapping.handle;
  // A plain array: the handle is a Buffer, whose `toString` shows the content and whose `slice` shares it.
  const memory = new Uint8Array(buffer, byteOffset + byteLength - size, size);
  live.set(memory, mapping);
  return memory;
}

/** At a limit, wiped mappings that others keep are used instead, also larger ones. */
function newMapping(pages: number, size: number): Mapping {
  try {
    return mapPages(pages, size);
  } catch (error) {
    if (!(error instanceof LockLimitError || error instanceof RegionLimitError)) throw error;
    for (const freeEmpty of keepers) freeEmpty(keepForReuse);
    const mapping = smallestReusable(pages);
    if (mapping === undefined) throw error;
    return mapping;
  }
}

function smallestReusable(pages: number): Mapping | undefined {
  const sizes = [...reusable.keys()].filter((size) => size >= pages).sort((a, b) => a - b);
  for (const size of sizes) {
    const mapping = reusable.get(size)?.pop();
    if (mapping !== undefined) return mapping;
  }
  return undefined;
}

/** Registers a keeper, which is called when a mapping can be made in no other way. Returns the end of the registration. */
export function whenShort(keeper: Keeper): () => void {
  keepers.add(keeper);
  return () => keepers.delete(keeper);
}

function mapPages(pages: number, size: number): Mapping {
  checkRoom(countMappings());
  if (pages > LARGE) checkLarge(pages * PAGE);
  const handle = sodium.sodium_malloc(pages * PAGE - CANARY_SIZE);
  let locked: boolean | undefined;
  try {
    locked = prove(handle, size);
  } finally {
    if (locked === undefined) free({ handle, pages, locked: false });
  }
  sodium.sodium_memzero(handle);
  return { handle, pages, locked };
}

/** Refuses a large mapping that would fail, before any of it is mapped. */
function checkLarge(size: number): void {
  const status = kernelLockStatus();
  if (settleLockPolicy() === 'require' && size > lockable(status)) {
    throw new LockLimitError(size, status);
  }
  checkMemory(size);
}

function lockable({ limit, locked }: KernelLockStatus): number {
  if (limit === undefined || locked === undefined) return Infinity;
  return limit - locked;
}

/**
 * Whether a mapping is locked: always, unless the lock policy allows otherwise. `sodium_malloc` returns a mapping also when
 * it cannot lock it. Locking it a second time fails exactly then.
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
 * Gives a wiped mapping back. Every view on it detaches. The kernel gets it when the event loop turns. Memory that was
 * given back before is ignored.
 *
 * A loop that does not let the event loop turn would collect mappings that wait to be freed. When many wait, a mapping is
 * kept for the next owner instead. Views on it are not detached: they show the next owner, or detach when the event loop
 * turns and there is none. Node.js 20 cannot detach a view without freeing its mapping.
 */
export function unmap(memory: Uint8Array): void {
  const mapping = live.get(memory);
  if (mapping === undefined) return;
  if (leaving.isFull(mapping.pages)) keepForReuse(memory);
  else {
    live.delete(memory);
    free(mapping);
  }
}

function waitingPagesUnder({ limit = Infinity }: KernelLockStatus): number {
  return Math.min(MAX_WAITING_PAGES, Math.floor(limit / PAGE / 4));
}

function free({ handle, pages }: Mapping): void {
  sodium.sodium_free(handle);
  leaving.add(pages);
}

/** A mapping that could not be locked is freed: the next allocation locks a new one. */
function keepForReuse(memory: Uint8Array): void {
  const mapping = live.get(memory);
  if (mapping === undefined) return;
  live.delete(memory);
  if (!mapping.locked) {
    free(mapping);
    return;
  }
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

/** Mappings that have an owner, are kept for the next one, or wait for the event loop. */
function countMappings(): number {
  let kept = 0;
  for (const { length } of reusable.values()) kept += length;
  return live.size + kept + leaving.count;
}

/** How many more mappings this thread may make. */
export function mappingsLeft(): number {
  return roomLeft(countMappings());
}

/** How many mappings with an owner are not locked: 0, unless the lock policy allows more. */
export function countUnlocked(): number {
  let count = 0;
  for (const { locked } of live.values()) if (!locked) count += 1;
  return count;
}

/** Overwrites every mapping of this thread that has an owner with zeros. The owners keep them. */
export function zeroMappings(): void {
  for (const memory of live.keys()) sodium.sodium_memzero(memory);
}

// libsodium wipes at a natural exit, but not at `process.exit`, an uncaught error or an unhandled rejection.
process.on('exit', () => {
  processEnd.reached = true;
  zeroMappings();
});
