import { EvolockError } from '@evolock/direct-serialise';
import { procBytes, procField } from './proc.js';

/**
 * How much memory this process may lock and has locked, in bytes, as the kernel says.
 *
 * `undefined` where the platform does not tell (everything but Linux); a limit of `Infinity` means none.
 */
export interface KernelLockStatus {
  /** Soft limit of locked memory (RLIMIT_MEMLOCK), bytes. */
  readonly limit: number | undefined;
  /** Memory of the process that is locked now (VmLck), bytes. */
  readonly locked: number | undefined;
  /** Whether the limit does not hold for this process (CAP_IPC_LOCK, which root has). */
  readonly unlimited: boolean | undefined;
}

/**
 * Reads how much memory may be locked and is.
 *
 * Source: `/proc/self/limits` and `/proc/self/status`, see proc(5).
 *
 * @internal
 */
export function kernelLockStatus(): KernelLockStatus {
  const capabilities = procField('/proc/self/status', /^CapEff:\s*([0-9a-f]+)$/m);
  return {
    limit: procBytes('/proc/self/limits', /^Max locked memory\s+(\d+|unlimited)/m, 1),
    locked: procBytes('/proc/self/status', /^VmLck:\s*(\d+) kB$/m, 1024),
    unlimited:
      capabilities === undefined ? undefined : hasIpcLock(capabilities) && isInitialUserNamespace(),
  };
}

/** The kernel asks for the capability in the initial user namespace: root of a rootless container has it not. */
function isInitialUserNamespace(): boolean {
  return procField('/proc/self/uid_map', /^\s*0\s+0\s+(4294967295)\s*$/) !== undefined;
}

const CAP_IPC_LOCK = 14n;

function hasIpcLock(capabilities: string): boolean {
  return ((BigInt(`0x${capabilities}`) >> CAP_IPC_LOCK) & 1n) === 1n;
}

/**
 * Memory could not be locked, so it was not handed out: nothing is ever silently unlocked.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { LockLimitError } from '@evolock/mlocked-bytes';
 *
 * const error = new LockLimitError(4096, { limit: 65536, locked: 65536, unlimited: false });
 * assert.equal(error.limit, 65536);
 * assert.match(error.message, /ulimit -l/);
 * ```
 */
export class LockLimitError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_LOCK_LIMIT';
  /** Bytes that could not be locked. */
  readonly size: number;
  /** Limit of locked memory, bytes; `undefined` where the platform does not tell. */
  readonly limit: number | undefined;
  /** Bytes locked by the process at that moment; `undefined` where the platform does not tell. */
  readonly locked: number | undefined;

  constructor(
    size: number,
    status: KernelLockStatus,
    options?: ErrorOptions & {
      /** What happened; that `size` bytes could not be locked when absent. */
      readonly what?: string;
    },
  ) {
    const what = options?.what ?? `${String(size)} bytes could not be locked in memory`;
    super(
      `${what} (limit ${say(status.limit)}, locked ${say(status.locked)}). ` +
        'Raise the limit: `ulimit -l` in the shell, `LimitMEMLOCK=` in a systemd unit, `--ulimit memlock=` for a ' +
        'container; or release keys that are no longer needed',
      options,
    );
    this.size = size;
    this.limit = status.limit;
    this.locked = status.locked;
  }
}

function say(bytes: number | undefined): string {
  if (bytes === undefined) return 'unknown';
  return bytes === Infinity ? 'none' : `${String(bytes)} bytes`;
}
