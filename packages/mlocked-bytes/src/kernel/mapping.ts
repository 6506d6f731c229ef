/**
 * Mappings of locked memory: how they are made, proved locked, wiped and given back. All locked memory of this thread is in
 * the list of this file, so that all of it can be wiped at exit.
 */
import { LockLimitError, RegionLimitError, ViewEscapeError } from '../errors.js';
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

/**
 * Pages of a mapping of `size` bytes, without its guard pages.
 *
 * @internal
 */
export function pagesOf(size: number): number {
  return Math.ceil((size + CANARY_SIZE) / PAGE);
}

/** A mapping: the handle by which libsodium frees it, and its size. */
interface Mapping {
  /** All its bytes, up to the guard page after them. */
  readonly handle: Uint8Array;
  readonly pages: number;
  readonly locked: boolean;
  /** Whether it was given back to libsodium. */
  freed?: boolean;
}

/** Pages above which free memory is checked before a mapping is made. */
const LARGE = 16;

/** The most mappings, and the most bytes in them, that wait for the event loop to turn. */
const MAX_WAITING = 512;
const MAX_WAITING_PAGES = 512;

/** The mappings that have an owner, by the view that the owner has. */
const live = new Map<Uint8Array, Mapping>();
/** Wiped mappings without an owner: see {@link giveBack}. */
const givenUp: Mapping[] = [];
/** Wiped mappings that are kept for the next owner, by their number of pages: see {@link unmap}. */
const reusable = new Map<number, Mapping[]>();
/** Functions that give up the wiped mappings that a pool keeps: see {@link whenShort}. */
const keepers = new Set<Keeper>();
/** Mappings that have an owner, are kept for the next one, or wait to be freed. */
let mappings = 0;
let beingFreed = 0;
let pagesBeingFreed = 0;

/** Whether everything was wiped because the process ends. A property: reading it costs no call. */
export const processEnd = { reached: false };

/**
 * Gives up every mapping that it keeps for later use only.
 *
 * @internal
 */
export type Keeper = (giveUp: (memory: Uint8Array) => void) => void;

/**
 * Makes a mapping of `size` bytes, proves that it is locked and zeroes it. The bytes end where the guard page begins.
 *
 * @internal
 */
export function map(size: number): Uint8Array {
  giveBack();
  const pages = pagesOf(size);
  return handOut(takeReusable(pages) ?? newMapping(pages, size), size);
}

/** Gives an owner the last bytes of a mapping. When that fails, the mapping has no owner. */
function handOut(mapping: Mapping, size: number): Uint8Array {
  const { buffer, byteLength, byteOffset } = mapping.handle;
  let isOwned = false;
  try {
    // A plain array: the handle is a Buffer, whose `toString` shows the content and whose `slice` shares it.
    const memory = new Uint8Array(buffer, byteOffset + byteLength - size, size);
    live.set(memory, mapping);
    isOwned = true;
    return memory;
  } finally {
    if (!isOwned) givenUp.push(mapping);
  }
}

/** At a limit, wiped mappings that others keep are used instead, also larger ones. */
function newMapping(pages: number, size: number): Mapping {
  try {
    return mapPages(pages, size);
  } catch (error) {
    if (!(error instanceof LockLimitError || error instanceof RegionLimitError)) throw error;
    for (const giveUpEmpty of keepers) giveUpEmpty(unmapForReuse);
    const mapping = smallestReusable(pages);
    if (mapping === undefined) throw error;
    return mapping;
  }
}

function smallestReusable(pages: number): Mapping | undefined {
  const sizes = [...reusable.keys()].filter((size) => size >= pages).sort((a, b) => a - b);
  for (const size of sizes) {
    const mapping = takeReusable(size);
    if (mapping !== undefined) return mapping;
  }
  return undefined;
}

function takeReusable(pages: number): Mapping | undefined {
  const waiting = reusable.get(pages);
  for (let mapping = waiting?.pop(); mapping !== undefined; mapping = waiting?.pop()) {
    if (!isTransferred(mapping)) return mapping;
    free(mapping);
  }
  return undefined;
}

/** Whether a callback transferred the buffer of a mapping. Then all its owners have lost it. */
function isTransferred({ handle }: Mapping): boolean {
  return handle.byteLength === 0;
}

/**
 * Registers a keeper. It is called when a mapping can be made in no other way.
 *
 * @returns Ends the registration.
 *
 * @internal
 */
export function whenShort(keeper: Keeper): () => void {
  keepers.add(keeper);
  return () => keepers.delete(keeper);
}

const refusal = {
  value: (): never => {
    throw new ViewEscapeError('tried to transfer the buffer behind it');
  },
};
/**
 * The methods that would take a mapping from all its owners (Node.js 22 and later) are replaced on its buffer. A call
 * through `ArrayBuffer.prototype` cannot be prevented. `markAsUntransferable` does not help: under Node.js 24 the process
 * aborts when such a buffer is freed.
 */
const refusals = { transfer: refusal, transferToFixedLength: refusal };

function mapPages(pages: number, size: number): Mapping {
  checkRoom(mappings);
  if (pages > LARGE) checkLarge(pages * PAGE);
  const handle = sodium.sodium_malloc(pages * PAGE - CANARY_SIZE);
  mappings += 1;
  Object.defineProperties(handle.buffer, refusals);
  let locked: boolean | undefined;
  try {
    locked = prove(handle, size);
    sodium.sodium_memzero(handle);
  } finally {
    if (locked === undefined) {
      givenUp.push({ handle, pages, locked: false });
      giveBack();
    }
  }
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

function lockable({ limit, locked, unlimited }: KernelLockStatus): number {
  if (unlimited === true || limit === undefined || locked === undefined) return Infinity;
  return limit - locked;
}

/**
 * `sodium_malloc` returns a mapping also when it cannot lock it. Locking it a second time fails exactly then.
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
 * Wipes a mapping now and gives it back. Every view on it detaches. The kernel gets it when the event loop turns.
 *
 * A loop that does not let the event loop turn would collect mappings that wait to be freed. When many wait, a mapping is
 * kept for the next owner instead. Views on it are not detached: they show the next owner, or detach when the event loop
 * turns and there is none. Node.js 20 cannot detach a view without freeing its mapping.
 *
 * @internal
 */
export function unmap(memory: Uint8Array): void {
  giveUp(memory);
  giveBack();
}

/**
 * Wipes a mapping and takes it from its owner; {@link giveBack} gives it back. When the stack is exhausted it may throw,
 * and has changed nothing then: the wiping comes first, and needs more of the stack than what follows.
 *
 * @internal
 */
export function giveUp(memory: Uint8Array): void {
  const mapping = takeBack(memory);
  if (mapping !== undefined) givenUp.push(mapping);
}

/**
 * Gives back the mappings without an owner. When the stack is exhausted it may throw, and the next call gives back the
 * rest. A mapping leaves the list before anything is called, since the callee may call this function.
 *
 * @param isShort - Whether a mapping is needed: then these are kept for the next owner.
 *
 * @internal
 */
export function giveBack(isShort = false): void {
  for (let mapping = givenUp.pop(); mapping !== undefined; mapping = givenUp.pop()) {
    let isGone = false;
    try {
      if (isReusable(mapping) && (isShort || isCrowded(mapping))) keepForReuse(mapping);
      else free(mapping);
      isGone = true;
    } finally {
      if (!isGone && !mapping.freed) givenUp.push(mapping);
    }
  }
}

/** A mapping that could not be locked is not handed out again. The next allocation locks a new one. */
function isReusable(mapping: Mapping): boolean {
  return mapping.locked && !isTransferred(mapping);
}

/** Whether so many mappings wait to be freed that one more is kept instead. */
function isCrowded({ pages }: Mapping): boolean {
  return beingFreed >= MAX_WAITING || pagesBeingFreed + pages > maxWaitingPages();
}

/** Wipes a mapping and takes it from its owner. */
function takeBack(memory: Uint8Array): Mapping | undefined {
  const mapping = live.get(memory);
  if (mapping === undefined) return undefined;
  sodium.sodium_memzero(memory);
  live.delete(memory);
  return mapping;
}

function unmapForReuse(memory: Uint8Array): void {
  giveUp(memory);
  giveBack(true);
}

let waitingPages: number | undefined;

/** Pages that wait are still locked: at most a quarter of a small lock limit may wait. */
function maxWaitingPages(): number {
  waitingPages ??= waitingPagesUnder(kernelLockStatus());
  return waitingPages;
}

function waitingPagesUnder({ limit, unlimited }: KernelLockStatus): number {
  if (unlimited === true || limit === undefined) return MAX_WAITING_PAGES;
  return Math.min(MAX_WAITING_PAGES, Math.floor(limit / PAGE / 4));
}

function free(mapping: Mapping): void {
  sodium.sodium_free(mapping.handle);
  mapping.freed = true;
  awaitKernel(mapping.pages);
}

/** Counts a mapping until the event loop turns and the kernel gets it. */
function awaitKernel(pages: number): void {
  const settle = (): void => {
    mappings -= 1;
    beingFreed -= 1;
    pagesBeingFreed -= pages;
  };
  beingFreed += 1;
  pagesBeingFreed += pages;
  let waits = false;
  try {
    setImmediate(settle).unref();
    waits = true;
  } finally {
    // When the stack is exhausted nothing can be scheduled. A count that drops a turn too early is better than a count that
    // never drops.
    if (!waits) settle();
  }
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
 * How many more mappings this thread may make.
 *
 * @internal
 */
export function mappingsLeft(): number {
  return roomLeft(mappings);
}

/**
 * How many mappings with an owner are not locked: 0, unless the lock policy allows more.
 *
 * @internal
 */
export function countUnlocked(): number {
  let count = 0;
  for (const { locked } of live.values()) if (!locked) count += 1;
  return count;
}

/**
 * Overwrites every mapping of this thread that has an owner with zeros. The owners keep them.
 *
 * @internal
 */
export function zeroMappings(): void {
  for (const memory of live.keys()) sodium.sodium_memzero(memory);
}

// libsodium wipes at a natural exit, but not at `process.exit`, an uncaught error or an unhandled rejection.
process.on('exit', () => {
  processEnd.reached = true;
  zeroMappings();
});
