import { readFileSync } from 'node:fs';
import { parseMappings, type Mapping } from './mapping.js';
import { noProcess, onProcess, requireLinux, requireProcessId } from './process-files.js';

/**
 * Reads the mappings of a process, also of this one.
 *
 * @param pid - The process.
 * @returns At least one mapping, in order of address.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_NO_PROCESS` (also for a zombie or a kernel thread, which have no
 * memory), `ERR_MEMORY_SCAN_PERMISSION`, `ERR_MEMORY_SCAN_ARGUMENT` or `ERR_MEMORY_SCAN_PLATFORM`.
 *
 * @example
 * ```ts
 * import { readMappings } from '@evolock/memory-scan';
 *
 * const locked = readMappings(process.pid).filter((mapping) => mapping.locked);
 * console.log(`${locked.length} mappings are locked`);
 * ```
 */
export function readMappings(pid: number): Mapping[] {
  requireLinux();
  requireProcessId(pid);
  const mappings = onProcess(pid, () => parseMappings(readFileSync(`/proc/${pid}/smaps`, 'utf8')));
  if (mappings.length === 0)
    throw noProcess(pid, 'it has no memory: it has ended, or is the kernel');
  return mappings;
}
