import { statSync } from 'node:fs';
import { procBytes } from './proc.js';

/**
 * Soft limit of a core dump (RLIMIT_CORE), bytes; `undefined` where the platform does not tell.
 *
 * Source: `/proc/self/limits`, see proc(5).
 *
 * @internal
 */
export function coreLimit(): number | undefined {
  return procBytes('/proc/self/limits', /^Max core file size\s+(\d+|unlimited)/m, 1);
}

/**
 * Whether the kernel marks this process as dumpable; `undefined` where it cannot be told.
 *
 * Files in `/proc/self` belong to root when the process is not dumpable, else to its effective user. That says nothing
 * when the effective user is root.
 *
 * Source: proc(5), `/proc/pid`.
 *
 * @internal
 */
export function isDumpable(): boolean | undefined {
  const user = process.geteuid?.();
  if (user === undefined || user === 0) return undefined;
  const owner = statSync('/proc/self/status', { throwIfNoEntry: false })?.uid;
  return owner === undefined ? undefined : owner === user;
}
