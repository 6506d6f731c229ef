import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { kernelLockStatus, LockLimitError } from './lock-limit.js';
import { MAX_REGION_SIZE, PAGE } from './mapping.js';
import { slotsInPages } from './pooled-allocator.js';

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
   * How many fit into the default pool under the lock limit, in addition to what is locked already. `Infinity` where
   * no limit holds, `undefined` where the platform does not tell.
   */
  readonly fits: number | undefined;
  /** Bytes of locked memory that may still be locked; `undefined` where the platform does not tell. */
  readonly available: number | undefined;
}

/**
 * Tells before start-up how many keys of an algorithm fit into locked memory, and refuses when they are too few.
 *
 * @param kind - An algorithm, or anything with a `lockedSize` in bytes.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT` when `options.count` do not fit.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { preflight } from '@evolock/mlocked-bytes';
 *
 * const { fits } = preflight({ lockedSize: 256 }, { count: 10 });
 * console.log(`${fits ?? 'an unknown number'} of them fit`);
 * ```
 */
export function preflight(kind: LockedKind, options?: PreflightOptions): Preflight {
  const size = checkInteger('kind.lockedSize', lockedSizeOf(kind), 1, MAX_REGION_SIZE);
  const { count = 0 } = checkOptions(options);
  checkInteger('options.count', count, 0, Number.MAX_SAFE_INTEGER);
  const status = kernelLockStatus();
  const available = availableBytes(status.limit, status.locked, status.unlimited);
  // Each bench is of another size than the rest, and begins a slab of its own: a page.
  const benches = (kind.benchSizes ?? []).length * PAGE;
  const fits =
    available === undefined ? undefined : fitsInto(Math.max(0, available - benches), size);
  if (fits !== undefined && fits < count) throw new LockLimitError(count * size, status);
  return { fits, available };
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

function fitsInto(available: number, size: number): number {
  return available === Infinity ? Infinity : slotsInPages(Math.floor(available / PAGE), size);
}
