import { kernelLockStatus, type KernelLockStatus } from './lock-limit.js';
import { lockPolicy, type LockPolicy } from './lock-policy.js';
import { countUnlocked } from './mapping.js';

/** How locked memory stands in this process. */
export interface LockStatus extends KernelLockStatus {
  /** What happens with memory that cannot be locked. */
  readonly policy: LockPolicy;
  /** Regions of this thread that were handed out unlocked: 0 under the policy `require`. */
  readonly unlockedRegions: number;
}

/**
 * How locked memory stands: limit and amount locked, in bytes, as the kernel says; the policy; what is not locked.
 *
 * Source: `/proc/self/limits` and `/proc/self/status`, see proc(5).
 *
 * @example
 * ```ts
 * import { lockStatus } from '@evolock/mlocked-bytes';
 *
 * const { limit, locked, unlimited } = lockStatus();
 * console.log(`${locked ?? 'unknown'} bytes locked of ${unlimited ? 'any number' : (limit ?? 'unknown')}`);
 * ```
 */
export function lockStatus(): LockStatus {
  return { ...kernelLockStatus(), policy: lockPolicy(), unlockedRegions: countUnlocked() };
}
