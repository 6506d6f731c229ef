import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { coreLimit, isDumpable } from './core-dumps.js';
import { kernelLockStatus, LockLimitError } from './lock-limit.js';
import { MAX_REGION_SIZE, mappingsLeft, PAGE } from './mapping.js';
import { slotsIn } from './pooled-allocator.js';
import { MAX_REGIONS, RegionLimitError } from './region-limit.js';

/** Anything that says how much locked memory one of its kind takes: an algorithm, for its keys. */
export interface LockedKind {
  /** Bytes of locked memory that one takes. */
  readonly lockedSize: number;
  /** Bytes of what has to be in locked memory beside them, once, whatever their number: benches, a seed. */
  readonly benchSizes?: readonly number[] | undefined;
}

/** Options of {@link preflight}. */
export interface PreflightOptions {
  /** How many the application will need at once; when they do not fit, the preflight throws. */
  readonly count?: number | undefined;
}

/** What a preflight found. */
export interface Preflight {
  /**
   * How many fit into the default pool under the lock limit and in {@link MAX_REGIONS} regions, in addition to what is
   * locked already; `undefined` where the platform does not tell.
   */
  readonly fits: number | undefined;
  /** Bytes that may still be locked; `Infinity` where no limit of them holds, `undefined` where the platform does not tell. */
  readonly available: number | undefined;
  /**
   * Soft limit of a core dump (RLIMIT_CORE), bytes: 0 for none, `Infinity` for no limit; `undefined` where the platform
   * does not tell.
   */
  readonly coreLimit: number | undefined;
  /**
   * Whether the kernel marks the process as dumpable: not after it has changed its user, for instance. `undefined` where
   * it cannot be told: when the user is root, and off Linux.
   */
  readonly dumpable: boolean | undefined;
}

/**
 * Tells before start-up how many keys of an algorithm fit into locked memory, and refuses when they are too few, under
 * every lock policy. It looks at limits, not at the memory that the machine has free, which may change at any moment.
 *
 * It also reports whether a crash would write a core dump: whatever is left out of it, the registers and the stack of an
 * operation that is under way hold parts of secrets. A service refuses to start unless `coreLimit` is 0.
 *
 * @param kind - An algorithm, or anything with a `lockedSize` in bytes.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT` when `options.count` do not fit under the lock limit.
 * @throws {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT` when they take too many regions, whatever may be locked.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { preflight } from '@evolock/mlocked-bytes';
 *
 * const { fits, coreLimit } = preflight({ lockedSize: 256 }, { count: 10 });
 * console.log(`${fits ?? 'an unknown number'} of them fit`);
 * if (coreLimit !== 0) console.error('core dumps are on: set `ulimit -c 0` or `LimitCORE=0`');
 * ```
 */
export function preflight(kind: LockedKind, options?: PreflightOptions): Preflight {
  const size = checkInteger('kind.lockedSize', lockedSizeOf(kind), 1, MAX_REGION_SIZE);
  const { count = 0 } = checkOptions(options);
  checkInteger('options.count', count, 0, Number.MAX_SAFE_INTEGER);
  const status = kernelLockStatus();
  const available = availableBytes(status.limit, status.locked, status.unlimited);
  // Each bench is of another size than the rest, and begins a slab of its own: a page.
  const benches = (kind.benchSizes ?? []).length;
  const regions = Math.max(0, mappingsLeft() - benches);
  const most = slotsIn(Infinity, regions, size);
  const fits =
    available === undefined
      ? undefined
      : slotsIn(Math.max(0, Math.floor(available / PAGE) - benches), regions, size);
  if (fits !== undefined && fits < Math.min(most, count)) {
    const needed = (pagesFor(count, regions, size) + benches) * PAGE;
    const limit = Math.ceil((needed + (status.locked ?? 0)) / 1_024);
    const what =
      `${nounOf(count, size)} need ${String(needed)} bytes of locked memory with their benches, which takes a limit of ` +
      `${String(limit)} KiB; ${String(fits)} fit`;
    throw new LockLimitError(needed, status, { what });
  }
  if (most < count) {
    const what = `${nounOf(count, size)} need more than the ${String(MAX_REGIONS)} locked regions of a thread; ${String(most)} fit`;
    throw new RegionLimitError(MAX_REGIONS, what);
  }
  return { fits, available, coreLimit: coreLimit(), dumpable: isDumpable() };
}

function nounOf(count: number, size: number): string {
  return `${String(count)} objects of ${String(size)} bytes`;
}

/** The fewest pages into which `count` slots of a size fit, where they fit into the regions at all. */
function pagesFor(count: number, regions: number, size: number): number {
  let [low, high] = [0, 1];
  while (slotsIn(high, regions, size) < count) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (slotsIn(middle, regions, size) < count) low = middle;
    else high = middle;
  }
  return high;
}

function lockedSizeOf(kind: unknown): unknown {
  if (typeof kind !== 'object' || kind === null)
    throw wrongType('kind', 'an object with a lockedSize', kind);
  return (kind as Partial<LockedKind>).lockedSize;
}

function availableBytes(
  limit: number | undefined,
  locked: number | undefined,
  unlimited: boolean | undefined,
): number | undefined {
  if (unlimited === true) return Infinity;
  if (limit === undefined || locked === undefined) return undefined;
  return Math.max(0, limit - locked);
}
