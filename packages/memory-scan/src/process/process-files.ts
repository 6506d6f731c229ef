import { readFileSync } from 'node:fs';
import { requireInteger } from '../arguments.js';
import { MemoryScanError, systemCode } from '../errors.js';

/** Refuses each platform but Linux: no other has `/proc/PID/mem`. */
export function requireLinux(): void {
  if (process.platform !== 'linux') {
    throw new MemoryScanError(
      'ERR_MEMORY_SCAN_PLATFORM',
      `scanning the memory of a process works on Linux only, and this is ${process.platform}`,
    );
  }
}

/** Zero and negative numbers are groups of processes for a signal. */
const LARGEST_PROCESS_ID = 2 ** 31 - 1;

/** Refuses anything but a process id. */
export function requireProcessId(pid: unknown): asserts pid is number {
  requireInteger('a process id', pid, 1, LARGEST_PROCESS_ID);
}

/** Whether an id is that of this process or of one of its threads. */
export function isOwnProcess(pid: number): boolean {
  if (pid === process.pid) return true;
  const status = onProcess(pid, () => readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(/^Tgid:\s*(\d+)$/m.exec(status)?.[1]) === process.pid;
}

/** Reads files of a process, and converts system errors. */
export function onProcess<Result>(pid: number, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    switch (systemCode(cause)) {
      case 'ENOENT':
      case 'ESRCH':
        throw noProcess(pid, 'it does not exist', { cause });
      case 'EACCES':
      case 'EPERM':
        throw permissionError(pid, cause);
      default:
        throw cause instanceof MemoryScanError ? cause : unreadableFile(pid, cause);
    }
  }
}

/** The error for a process that does not exist, has ended, or has no memory. */
export function noProcess(pid: number, why: string, options?: ErrorOptions): MemoryScanError {
  return new MemoryScanError('ERR_MEMORY_SCAN_NO_PROCESS', `process ${pid}: ${why}`, options);
}

/** For instance at the limit of open files. */
function unreadableFile(pid: number, cause: unknown): MemoryScanError {
  return new MemoryScanError('ERR_MEMORY_SCAN_FILE', `cannot read a file of process ${pid}`, {
    cause,
  });
}

function permissionError(pid: number, cause: unknown): MemoryScanError {
  return new MemoryScanError(
    'ERR_MEMORY_SCAN_PERMISSION',
    `user ${String(process.geteuid?.())} may not read the memory of process ${pid}. Reading needs the permission to trace ` +
      'the process: the same user, or root with CAP_SYS_PTRACE (`docker run --cap-add SYS_PTRACE`), and a process that ' +
      `may be dumped. ${ptraceScope()}`,
    { cause },
  );
}

/** The additional restriction of Yama. */
function ptraceScope(): string {
  let scope: string;
  try {
    scope = readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'latin1').trim();
  } catch {
    return 'This kernel has no kernel.yama.ptrace_scope.';
  }
  return scope === '0'
    ? 'kernel.yama.ptrace_scope is 0, which adds no restriction.'
    : `kernel.yama.ptrace_scope is ${scope}, so an ordinary user may ${scope === '1' ? 'read only descendants, never a parent' : 'read none'}: allow it with \`sysctl kernel.yama.ptrace_scope=0\``;
}
