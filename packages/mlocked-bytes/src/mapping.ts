/**
 * Mappings of locked memory: made, proved locked, wiped, given back. Everything locked in this thread is in this
 * file's list, so that everything can be wiped at exit.
 */
import { readFileSync } from 'node:fs';
import { EvolockError } from '@evolock/direct-serialise';
import { settleLockPolicy, warnUnlocked } from './lock-policy.js';
import { LockLimitError, kernelLockStatus } from './lock-limit.js';
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

const live = new Set<Uint8Array>();
const buffers = new WeakSet<ArrayBufferLike>();
/** Wiped mappings that wait to be made again, by size: see {@link unmap}. */
const reusable = new Map<number, Uint8Array[]>();
let beingFreed = 0;
let made = 0;
let unlockedMappings = 0;
let exited = false;

/**
 * Makes a mapping of `size` bytes, proves that it is locked and zeroes it.
 *
 * @internal
 */
export function map(size: number): Uint8Array {
  const again = reusable.get(size)?.pop();
  if (again !== undefined) {
    live.add(again);
    return again;
  }
  checkRoom();
  const memory = sodium.sodium_malloc(size);
  let proved = false;
  try {
    prove(memory);
    sodium.sodium_memzero(memory);
    buffers.add(memory.buffer);
    live.add(memory);
    proved = true;
  } finally {
    if (!proved) giveBack(memory);
  }
  return memory;
}

function checkRoom(): void {
  if (live.size + beingFreed >= MAX_REGIONS) throw new RegionLimitError(MAX_REGIONS);
  if (
    made % LOOK_EVERY === 0 &&
    mappingsLeft() < ENTRIES_OF_A_MAPPING * LOOK_EVERY + SPARE_ENTRIES
  ) {
    throw new RegionLimitError(live.size + beingFreed);
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

/** A mapping that could not be locked is handed out all the same; locking it once more fails exactly then. */
function prove(memory: Uint8Array): void {
  const policy = settleLockPolicy();
  try {
    sodium.sodium_mlock(memory);
  } catch (cause) {
    const error = new LockLimitError(memory.byteLength, kernelLockStatus(), { cause });
    if (policy === 'require') throw error;
    unlockedMappings += 1;
    if (policy === 'warn') warnUnlocked(error);
  }
}

/**
 * Wipes a mapping now and gives it back. Every view on it detaches; the kernel gets it when the event loop turns.
 *
 * A loop that never lets the event loop turn would pile up mappings that wait to be freed. From {@link MAX_WAITING} of
 * them on, a mapping is kept for the next that is made instead, and its views are not detached before the turn.
 *
 * @internal
 */
export function unmap(memory: Uint8Array): void {
  if (!live.delete(memory)) return;
  sodium.sodium_memzero(memory);
  if (beingFreed < MAX_WAITING) giveBack(memory);
  else keepForReuse(memory);
}

/** The most mappings that wait for the event loop to turn. */
const MAX_WAITING = 512;

function giveBack(memory: Uint8Array): void {
  sodium.sodium_free(memory);
  beingFreed += 1;
  setImmediate(() => {
    beingFreed -= 1;
  }).unref();
}

function keepForReuse(memory: Uint8Array): void {
  if (reusable.size === 0) setImmediate(freeReusable).unref();
  const size = memory.byteLength;
  const waiting = reusable.get(size);
  if (waiting === undefined) reusable.set(size, [memory]);
  else waiting.push(memory);
}

function freeReusable(): void {
  const all = [...reusable.values()].flat();
  reusable.clear();
  for (const memory of all) giveBack(memory);
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
 * How many mappings are in use although they could not be locked: none, unless the lock policy allows it.
 *
 * @internal
 */
export function countUnlocked(): number {
  return unlockedMappings;
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
  for (const memory of live) sodium.sodium_memzero(memory);
});
