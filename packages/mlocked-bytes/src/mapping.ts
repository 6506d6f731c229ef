/**
 * Mappings of locked memory: made, proved locked, wiped, given back. Everything locked in this thread is in this
 * file's list, so that everything can be wiped at exit.
 */
import { ViewEscapeError } from './errors.js';
import { settleLockPolicy, warnUnlocked } from './lock-policy.js';
import { LockLimitError, kernelLockStatus, type KernelLockStatus } from './lock-limit.js';
import { checkMemory } from './memory-refused.js';
import { sodium } from './native.js';
import { checkRoom, RegionLimitError, roomLeft } from './region-limit.js';

/** The largest mapping, in bytes: 1 GiB. */
export const MAX_REGION_SIZE = 1_073_741_824;

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
  /** Whether libsodium was given it back. */
  freed?: boolean;
}

/** Larger mappings, in pages, are made only after a look at what the kernel has left. */
const LARGE = 16;

/** The most mappings, and the most bytes in them, that wait for the event loop to turn. */
const MAX_WAITING = 512;
const MAX_WAITING_PAGES = 512;

/** Views on mappings that have an owner. */
const live = new Map<Uint8Array, Mapping>();
/** Wiped mappings that nobody has: see {@link giveBack}. */
const givenUp: Mapping[] = [];
/** Wiped mappings that wait to be made again, by their number of pages: see {@link unmap}. */
const reusable = new Map<number, Mapping[]>();
/** Whoever keeps wiped mappings for later gives them up when there is no other memory: see {@link whenShort}. */
const keepers = new Set<Keeper>();
/** Mappings that are somebody's, wait to be made again, or wait for the kernel to get them. */
let mappings = 0;
let beingFreed = 0;
let pagesBeingFreed = 0;
let exited = false;

/**
 * Gives up every mapping that it keeps and does not need now.
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

/** The last bytes of a mapping, which have an owner from then on; one that cannot be handed out is nobody's. */
function handOut(mapping: Mapping, size: number): Uint8Array {
  const { buffer, byteLength, byteOffset } = mapping.handle;
  let isOwned = false;
  try {
    // A plain array: the handle is a Buffer, whose `toString` shows and whose `slice` aliases.
    const memory = new Uint8Array(buffer, byteOffset + byteLength - size, size);
    live.set(memory, mapping);
    isOwned = true;
    return memory;
  } finally {
    if (!isOwned) givenUp.push(mapping);
  }
}

/** At a limit, wiped mappings that others keep are used instead, larger ones too. */
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

/** Whether a view that was kept on a mapping was used to transfer its buffer: then the mapping is gone for everybody. */
function isTransferred({ handle }: Mapping): boolean {
  return handle.byteLength === 0;
}

/**
 * Registers a keeper: it is asked to give up what it keeps when a mapping can be had in no other way.
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
 * The methods that would take a mapping from all its owners (Node.js 22 and later), refused on its buffer itself. A call
 * by way of `ArrayBuffer.prototype` cannot be prevented. `markAsUntransferable` is no help: under Node.js 24 the process
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

/** The kernel says beforehand what cannot be: nothing of it is mapped, and then thrown away. */
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
 * is kept for the next that is made instead, and its views are not detached: they show its next owner, or detach when
 * the event loop turns and there is none. Node 20 has no way to detach them alone.
 *
 * @internal
 */
export function unmap(memory: Uint8Array): void {
  giveUp(memory);
  giveBack();
}

/**
 * Wipes a mapping, which nobody has then, and which {@link giveBack} gives back. Where it throws, near the end of the
 * stack, nothing has changed: what follows the wiping needs less of the stack than that.
 *
 * @internal
 */
export function giveUp(memory: Uint8Array): void {
  const mapping = takeBack(memory);
  if (mapping !== undefined) givenUp.push(mapping);
}

/**
 * Gives back the mappings that nobody has. Near the end of the stack it may throw: then the next call takes along what
 * is left. Each is taken off the list first: what is called on the way may be somebody else's, and come back here.
 *
 * @param isShort - Whether they are needed: then they are kept to be made again.
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

/** What could not be locked is not handed out again without another try. */
function isReusable(mapping: Mapping): boolean {
  return mapping.locked && !isTransferred(mapping);
}

/** Whether so many mappings wait for the kernel that one more is better kept. */
function isCrowded({ pages }: Mapping): boolean {
  return beingFreed >= MAX_WAITING || pagesBeingFreed + pages > maxWaitingPages();
}

/** Wipes a mapping, which nobody has then. */
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

/** Pages that wait are still locked: under a small lock limit, at most a quarter of it may wait. */
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
    // Near the end of the stack nothing can be scheduled: counted a turn too early is better than for ever.
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

/**
 * Overwrites every mapping of this thread that has an owner with zeros. The owners keep them.
 *
 * @internal
 */
export function zeroMappings(): void {
  for (const memory of live.keys()) sodium.sodium_memzero(memory);
}

// Natural exit would wipe, but process.exit, an uncaught error or a rejection would not.
process.on('exit', () => {
  exited = true;
  zeroMappings();
});
