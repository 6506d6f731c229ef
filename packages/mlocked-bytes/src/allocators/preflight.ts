/** How much locked memory there is: an application can ask before it needs it. */
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { LockLimitError, RegionLimitError } from '../errors.js';
import {
  coreLimit,
  isDumpable,
  kernelLockStatus,
  MAX_REGIONS,
  type KernelLockStatus,
} from '../kernel/limits.js';
import { lockPolicy, type LockPolicy } from '../kernel/lock-policy.js';
import { countUnlocked, mappingsLeft, MAX_REGION_SIZE, PAGE } from '../kernel/mapping.js';
import { pagesOfSlot, SCRATCH_ALIGNMENT } from './allocator.js';
import { slotsIn } from './pooled-allocator.js';

/** The state of locked memory in this process. */
export interface LockStatus extends KernelLockStatus {
  /** What happens with memory that cannot be locked. */
  readonly policy: LockPolicy;
  /** Regions of this thread that are in use unlocked: 0 under the policy `require`. */
  readonly unlockedRegions: number;
}

/**
 * The state of locked memory: limit and amount locked, in bytes, as the kernel reports them in `/proc/self` (proc(5)); the
 * policy; what is not locked.
 */
export function lockStatus(): LockStatus {
  return { ...kernelLockStatus(), policy: lockPolicy(), unlockedRegions: countUnlocked() };
}

/** Something that takes locked memory: an algorithm, for its keys. */
export interface LockedKind {
  /** Bytes of locked memory of one of them. */
  readonly lockedSize: number;
  /** Sizes, in bytes, of the scratch memory beside them, whatever their number. */
  readonly scratchSizes?: readonly number[] | undefined;
}

/** Options of {@link preflight}. */
export interface PreflightOptions {
  /** How many the application needs at once. When they do not fit, the preflight throws. */
  readonly count?: number | undefined;
}

/** The result of a preflight. */
export interface Preflight {
  /**
   * How many fit into the default pool under the lock limit and in 4096 regions, in addition to what is locked already;
   * `undefined` where the platform does not report it.
   */
  readonly fits: number | undefined;
  /** Bytes that may still be locked; `Infinity` without a limit, `undefined` where the platform does not report it. */
  readonly available: number | undefined;
  /**
   * Soft limit of a core dump (RLIMIT_CORE), bytes: 0 for no dump, `Infinity` for no limit; `undefined` where the platform
   * does not report it.
   */
  readonly coreLimit: number | undefined;
  /**
   * Whether the kernel marks the process as dumpable. A process that has changed its user is not. `undefined` for root, and
   * on everything but Linux.
   */
  readonly dumpable: boolean | undefined;
  /** The URL at which the inspector of Node.js listens: whoever connects reads every key. `undefined` when it is closed. */
  readonly inspector: string | undefined;
  /**
   * Options of Node.js, on the command line and in `NODE_OPTIONS`, that open the inspector or write the heap or a report to
   * a file: `--inspect`, `--heapsnapshot-signal` and the like.
   */
  readonly revealingOptions: readonly string[];
}

/**
 * Checks at start-up how many keys of an algorithm fit into locked memory, and throws when they are too few, under every
 * lock policy. It reads limits, and not how much memory the machine has free, which changes at any moment.
 *
 * It also reports whether a crash would write a core dump. A dump leaves locked memory out, but contains the registers and
 * the stack, which hold parts of secrets while an operation is in progress. And it reports the inspector of Node.js. A
 * service refuses to start unless `coreLimit` is 0 and `inspector` is `undefined`.
 *
 * @param kind - An algorithm, or anything with a `lockedSize` in bytes.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT` when `options.count` do not fit under the lock limit.
 * @throws {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT` when they take too many regions, whatever may be locked.
 *
 * @example
 * ```ts
 * import { preflight } from '@evolock/mlocked-bytes';
 *
 * const { coreLimit } = preflight({ lockedSize: 256 }, { count: 10 });
 * if (coreLimit !== 0) console.error('core dumps are on: set `ulimit -c 0` or `LimitCORE=0`');
 * ```
 */
export function preflight(kind: LockedKind, options?: PreflightOptions): Preflight {
  const size = checkInteger('kind.lockedSize', lockedSizeOf(kind), 1, MAX_REGION_SIZE);
  const { count = 0 } = checkOptions(options, ['count']);
  checkInteger('options.count', count, 0, Number.MAX_SAFE_INTEGER);
  const status = kernelLockStatus();
  const available = availableBytes(status);
  // Each piece of scratch memory is a mapping of its own.
  const scratchSizes = kind.scratchSizes ?? [];
  const scratchPages = scratchSizes.reduce(
    (pages, each) => pages + pagesOfSlot(each, SCRATCH_ALIGNMENT),
    0,
  );
  const regions = Math.max(0, mappingsLeft() - scratchSizes.length);
  const most = slotsIn(Infinity, regions, size);
  const fits =
    available === undefined
      ? undefined
      : slotsIn(Math.max(0, Math.floor(available / PAGE) - scratchPages), regions, size);
  if (most < count) {
    const what = `${nounOf(count, size)} need more than the ${String(MAX_REGIONS)} locked regions of a thread; ${String(most)} fit`;
    throw new RegionLimitError(MAX_REGIONS, what);
  }
  if (fits !== undefined && fits < count) {
    const needed = (pagesFor(count, regions, size) + scratchPages) * PAGE;
    const limit = Math.ceil((needed + (status.locked ?? 0)) / 1_024);
    const what =
      `${nounOf(count, size)} need ${String(needed)} bytes of locked memory with their scratch memory, which takes a limit of ` +
      `${String(limit)} KiB; ${String(fits)} fit`;
    throw new LockLimitError(needed, status, { what });
  }
  return {
    fits,
    available,
    coreLimit: coreLimit(),
    dumpable: isDumpable(),
    inspector: inspectorUrl(),
    revealingOptions: revealingOptions(),
  };
}

function nounOf(count: number, size: number): string {
  return `${String(count)} objects of ${String(size)} bytes`;
}

/** The fewest pages into which `count` slots of a size fit. They must fit into the regions. */
function pagesFor(count: number, regions: number, size: number): number {
  let low = 0;
  let high = 1;
  while (slotsIn(high, regions, size) < count) {
    low = high;
    high *= 2;
  }
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

function availableBytes({ limit, locked }: KernelLockStatus): number | undefined {
  if (limit === Infinity) return Infinity;
  if (limit === undefined || locked === undefined) return undefined;
  return Math.max(0, limit - locked);
}

/** Where the inspector listens; `undefined` when it does not, and in another runtime. */
function inspectorUrl(): string | undefined {
  try {
    return process.getBuiltinModule('node:inspector').url();
  } catch {
    // Another runtime, or Node.js built without an inspector.
    return undefined;
  }
}

/** Options that open the inspector, or that write the heap or a report to a file. */
const REVEALING = /^--(?:inspect|heapsnapshot|heap-prof|report-)/;

/** The options of Node.js that reveal what a process holds, of its command line and of `NODE_OPTIONS`. */
function revealingOptions(): readonly string[] {
  const words = (process.env['NODE_OPTIONS'] ?? '').split(/\s+/);
  return [...process.execArgv, ...words].filter((word) => REVEALING.test(word));
}
