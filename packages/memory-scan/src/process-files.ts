import { readFileSync } from 'node:fs';
import { requireInteger } from './arguments.js';
import { MemoryScanError, systemCode } from './error.js';

/**
 * Refuses every platform but Linux, which alone has `/proc/PID/mem`.
 *
 * @internal
 */
export function requireLinux(): void {
  if (process.platform !== 'linux') {
    throw new MemoryScanError(
      'ERR_MEMORY_SCAN_PLATFORM',
      `scanning the memory of a process works on Linux only, and this is ${process.platform}`,
    );
  }
}

/** Zero and what is negative would be whole groups of processes, were a signal sent there. */
const LARGEST_PROCESS_ID = 2 ** 31 - 1;

/**
 * Refuses what cannot be the id of a process.
 *
 * @internal
 */
export function requireProcessId(pid: unknown): asserts pid is number {
  requireInteger('a process id', pid, 1, LARGEST_PROCESS_ID);
}

/**
 * Whether the id is that of this process or of one of its threads.
 *
 * @internal
 */
export function isOwnProcess(pid: number): boolean {
  if (pid === process.pid) return true;
  const status = onProcess(pid, () => readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(/^Tgid:\s*(\d+)$/m.exec(status)?.[1]) === process.pid;
}

/**
 * Does something with the files of a process, with errors that say what is wrong with it.
 *
 * @internal
 */
export function onProcess<Result>(pid: number, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    switch (systemCode(cause)) {
      case 'ENOENT':
      case 'ESRCH':
        throw noProcess(pid, 'there is none', { cause });
      case 'EACCES':
      case 'EPERM':
        throw permissionError(pid, cause);
      default:
        throw cause instanceof MemoryScanError ? cause : unreadableFile(pid, cause);
    }
  }
}

/**
 * The process is not there, or no longer, or has no memory.
 *
 * @internal
 */
export function noProcess(pid: number, why: string, options?: ErrorOptions): MemoryScanError {
  return new MemoryScanError('ERR_MEMORY_SCAN_NO_PROCESS', `process ${pid}: ${why}`, options);
}

/** The limit of open files, for instance. */
function unreadableFile(pid: number, cause: unknown): MemoryScanError {
  return new MemoryScanError('ERR_MEMORY_SCAN_FILE', `cannot read a file of process ${pid}`, {
    cause,
  });
}

function permissionError(pid: number, cause: unknown): MemoryScanError {
  return new MemoryScanError(
    'ERR_MEMORY_SCAN_PERMISSION',
    `the memory of process ${pid} may not be read by user ${String(process.geteuid?.())}. It takes the permission to ` +
      'trace it: the same user, or root with CAP_SYS_PTRACE (`docker run --cap-add SYS_PTRACE`), and a process that ' +
      `may be dumped. ${ptraceScope()}`,
    { cause },
  );
}

/** What Yama, where the kernel has it, forbids besides. */
function ptraceScope(): string {
  let scope: string;
  try {
    scope = readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'latin1').trim();
  } catch {
    return 'This kernel has no kernel.yama.ptrace_scope.';
  }
  return scope === '0'
    ? 'kernel.yama.ptrace_scope is 0, which forbids nothing more.'
    : `kernel.yama.ptrace_scope is ${scope}, so an ordinary user may ${scope === '1' ? 'read his own descendants only, never a parent' : 'read none'}: allow it with \`sysctl kernel.yama.ptrace_scope=0\``;
}
