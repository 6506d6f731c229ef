import { EvolockError } from '@evolock/direct-serialise';
import { procBytes } from './proc.js';

/**
 * The process may not have, or the machine has not got, as much memory as was asked for: a limit of data or of address
 * space (`ulimit -d`, `ulimit -v`), or what is available. Nothing was allocated.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MemoryRefusedError } from '@evolock/mlocked-bytes';
 *
 * const error = new MemoryRefusedError(1_073_741_824, 'available memory', 524_288_000);
 * assert.equal(error.code, 'ERR_EVOLOCK_MEMORY_REFUSED');
 * ```
 */
export class MemoryRefusedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_MEMORY_REFUSED';
  /** Bytes that were asked for. */
  readonly size: number;
  /** Bytes that were left. */
  readonly left: number;

  constructor(size: number, resource: string, left: number) {
    super(
      `${String(size)} bytes of memory were asked for and ${String(left)} are left (${resource}). Raise the limit ` +
        '(`ulimit -d`, `ulimit -v`, `LimitDATA=` or `LimitAS=` in a systemd unit), or ask for less',
    );
    this.size = size;
    this.left = left;
  }
}

/** What the allocation of a mapping takes besides: guard pages, and what the engine needs to go on. */
const OVERHEAD = 1_048_576;

/**
 * Checks that the kernel will give memory of a size. libsodium is not asked for what it cannot get: its binding does
 * not look at what comes back, and the process would abort.
 *
 * @param size - Bytes.
 * @throws {@link MemoryRefusedError} `ERR_EVOLOCK_MEMORY_REFUSED`.
 *
 * @internal
 */
export function checkMemory(size: number): void {
  check(size, 'limit of data', left('Max data size', 'VmData'));
  check(size, 'limit of the address space', left('Max address space', 'VmSize'));
  // Locked memory has to be there: more than is available would be the end of this process or of another.
  check(size, 'available memory', procBytes('/proc/meminfo', /^MemAvailable:\s*(\d+) kB$/m, 1024));
}

function check(size: number, resource: string, bytesLeft: number | undefined): void {
  if (bytesLeft === undefined || size + OVERHEAD <= bytesLeft) return;
  throw new MemoryRefusedError(size, resource, Math.max(0, bytesLeft));
}

function left(limitName: string, usedName: string): number | undefined {
  const limit = procBytes(
    '/proc/self/limits',
    new RegExp(`^${limitName}\\s+(\\d+|unlimited)`, 'm'),
    1,
  );
  if (limit === undefined || limit === Infinity) return limit;
  const used = procBytes('/proc/self/status', new RegExp(`^${usedName}:\\s*(\\d+) kB$`, 'm'), 1024);
  return used === undefined ? undefined : limit - used;
}
