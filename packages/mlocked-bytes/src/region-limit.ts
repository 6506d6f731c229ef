/**
 * How many mappings there may be. Each takes four entries of the kernel's table (two guard pages, the canary's page and
 * the bytes), which has 65,530 by default, and libsodium aborts the process when there is none left: refuse long before.
 */
import { readFileSync } from 'node:fs';
import { EvolockError } from '@evolock/direct-serialise';
import { checkMemory } from './memory-refused.js';
import { procField } from './proc.js';

/** The most mappings that one thread keeps at once. */
export const MAX_REGIONS = 4_096;

/** Entries of the kernel's table that are left to everything else in the process. */
const SPARE_ENTRIES = 8_192;
const ENTRIES_OF_A_MAPPING = 4;
/** How many mappings are made between two looks at what the kernel has left, at most. */
const LOOK_EVERY = 256;
/** Bytes that all mappings up to the next look may take: slabs of 64 KiB; larger ones are looked at one by one. */
const MEMORY_TO_THE_NEXT_LOOK = LOOK_EVERY * 65_536;

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

  constructor(limit: number, what = `more than ${String(limit)} locked regions`) {
    super(
      `${what}, or too few mappings left to the process: use the pooled allocator, ` +
        'which puts many objects into one region, release what is no longer needed, let the event loop turn (mappings ' +
        'are given back there), or raise vm.max_map_count',
    );
  }
}

let untilTheNextLook = 0;

/**
 * Checks that one more mapping may be made.
 *
 * @param mappings - How many this thread has.
 * @throws {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`, {@link MemoryRefusedError} `ERR_EVOLOCK_MEMORY_REFUSED`.
 *
 * @internal
 */
export function checkRoom(mappings: number): void {
  if (mappings >= MAX_REGIONS) throw new RegionLimitError(MAX_REGIONS);
  if (untilTheNextLook === 0) untilTheNextLook = look(mappings);
  untilTheNextLook -= 1;
}

/**
 * How many more mappings may be made: up to the limit of this thread, and of what is left of the kernel's table.
 *
 * @param mappings - How many this thread has.
 *
 * @internal
 */
export function roomLeft(mappings: number): number {
  const spare = Math.floor((entriesLeft() - SPARE_ENTRIES) / ENTRIES_OF_A_MAPPING);
  return Math.max(0, Math.min(MAX_REGIONS - mappings, spare));
}

/** The table belongs to the whole process: what is left of it is shared with every thread that may fill it too. */
function look(mappings: number): number {
  checkMemory(MEMORY_TO_THE_NEXT_LOOK);
  const spare = entriesLeft() - SPARE_ENTRIES;
  if (spare <= 0) throw new RegionLimitError(mappings);
  const share = Math.floor(spare / (2 * ENTRIES_OF_A_MAPPING * threads()));
  return Math.min(LOOK_EVERY, Math.max(1, share));
}

/** What is left of the kernel's table for this process; all of it where the platform does not tell. */
function entriesLeft(): number {
  const limit = procField('/proc/sys/vm/max_map_count', /^(\d+)/);
  return limit === undefined ? Infinity : Number(limit) - entriesUsed();
}

const NEW_LINE = 10;

function entriesUsed(): number {
  let lines = 0;
  // Thousands of lines: counted in the bytes, without a string for each.
  for (const byte of readFileSync('/proc/self/maps')) if (byte === NEW_LINE) lines += 1;
  return lines;
}

function threads(): number {
  return Number(procField('/proc/self/status', /^Threads:\s*(\d+)$/m) ?? 1);
}
