/**
 * Mappings of locked memory: made, proved locked, wiped, given back. Everything locked in this process (in this
 * thread) is in this file's list, so that everything can be wiped at exit.
 */
import { EvolockError } from '@evolock/direct-serialise';
import { LockLimitError, lockStatus } from './lock-limit.js';
import { sodium } from './native.js';

/** The largest mapping, in bytes: 1 GiB. */
export const MAX_REGION_SIZE = 1_073_741_824;

/**
 * The most mappings that one thread keeps at once. A mapping with its guard pages takes four entries of the kernel's
 * table, which has 65,530 by default, and libsodium aborts the process when there is none left: refuse long before.
 */
export const MAX_REGIONS = 4_096;

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
      `more than ${String(limit)} locked regions: use the pooled allocator, which puts many objects into one region, ` +
        'release what is no longer needed, and let the event loop turn, since mappings are given back there',
    );
  }
}

const live = new Set<Uint8Array>();
const buffers = new WeakSet<ArrayBufferLike>();
let beingFreed = 0;

/**
 * Makes a mapping of `size` bytes, proves that it is locked and zeroes it.
 *
 * @internal
 */
export function map(size: number): Uint8Array {
  if (live.size + beingFreed >= MAX_REGIONS) throw new RegionLimitError(MAX_REGIONS);
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

/** A mapping that could not be locked is handed out all the same; locking it once more fails exactly then. */
function prove(memory: Uint8Array): void {
  try {
    sodium.sodium_mlock(memory);
  } catch (cause) {
    throw new LockLimitError(memory.byteLength, lockStatus(), { cause });
  }
}

/**
 * Wipes a mapping now and gives it back; the kernel gets it when the event loop turns. Every view on it detaches.
 *
 * @internal
 */
export function unmap(memory: Uint8Array): void {
  if (!live.delete(memory)) return;
  sodium.sodium_memzero(memory);
  giveBack(memory);
}

function giveBack(memory: Uint8Array): void {
  sodium.sodium_free(memory);
  beingFreed += 1;
  setImmediate(() => {
    beingFreed -= 1;
  }).unref();
}

/**
 * Whether bytes lie in a mapping of this thread that was proved locked.
 *
 * @internal
 */
export function isMapped(bytes: Uint8Array): boolean {
  return buffers.has(bytes.buffer);
}

// Natural exit would wipe, but process.exit, an uncaught error or a rejection would not.
process.on('exit', () => {
  for (const memory of live) sodium.sodium_memzero(memory);
});
