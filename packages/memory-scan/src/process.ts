/** What the kernel states about a process in the files of `/proc/PID`: its mappings, and whether it is stopped. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { systemCodeOf } from '@evolock/direct-serialise/system-words';
import { MemoryScanError } from './errors.js';

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
export function checkProcessId(pid: unknown): void {
  checkInteger('pid', pid, 1, LARGEST_PROCESS_ID);
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
    switch (systemCodeOf(cause)) {
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

/** A mapping of a process, from `/proc/PID/smaps`. */
export interface Mapping {
  /** First address. */
  readonly start: number;
  /** The address after the last. */
  readonly end: number;
  /** Bytes. */
  readonly size: number;
  /** `rw-p` for instance. */
  readonly permissions: string;
  /** A path, `[heap]` or `[stack]` for instance; empty for anonymous memory, such as the stacks of threads. */
  readonly name: string;
  /** Bytes in physical memory or in swap. */
  readonly resident: number;
  /** Whether it is locked in memory (VmFlags `lo`). */
  readonly locked: boolean;
  /** Whether a core dump includes it (no VmFlags `dd`). */
  readonly dumped: boolean;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** The kernel's two-letter flags. */
  readonly flags: readonly string[];
}

const HEADER = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+ *(.*)$/;
const FIELD = /^(\w+): +(.*?) *$/;

/** The kernel counts huge pages separately. */
const RESIDENT = ['Rss', 'Swap', 'Shared_Hugetlb', 'Private_Hugetlb'];

/** The mappings in the text of an `smaps` file (proc_pid_smaps(5)), in order of address. Unknown lines are skipped. */
export function parseMappings(text: string): Mapping[] {
  const mappings: { header: RegExpExecArray; fields: Map<string, string> }[] = [];
  for (const line of text.split('\n')) {
    const header = HEADER.exec(line);
    if (header) mappings.push({ header, fields: new Map() });
    const [, name, value] = (header ? null : FIELD.exec(line)) ?? [];
    if (name !== undefined && value !== undefined) mappings.at(-1)?.fields.set(name, value);
  }
  return mappings.map(({ header, fields }) => mapping(header, fields));
}

function mapping(header: RegExpExecArray, fields: ReadonlyMap<string, string>): Mapping {
  const [, from = '', to = '', permissions = '', name = ''] = header;
  const start = Number.parseInt(from, 16);
  const end = Number.parseInt(to, 16);
  const flags = fields.get('VmFlags')?.split(' ') ?? [];
  return {
    start,
    end,
    size: end - start,
    permissions,
    name,
    resident: RESIDENT.reduce((sum, field) => sum + bytes(fields.get(field)), 0),
    locked: flags.includes('lo'),
    dumped: !flags.includes('dd'),
    pageSize: bytes(fields.get('KernelPageSize')) || 4096,
    flags,
  };
}

/** `12 kB` */
function bytes(text: string | undefined): number {
  const kibibytes = Number.parseInt(text ?? '0', 10);
  if (Number.isNaN(kibibytes)) throw new RangeError('a size is no number');
  return 1024 * kibibytes;
}

/**
 * Reads the mappings of a process, also of this process: at least one, in order of address.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_NO_PROCESS` (also for a zombie and for a kernel thread) or
 * `ERR_MEMORY_SCAN_PERMISSION`.
 */
export function readMappings(pid: number): Mapping[] {
  requireLinux();
  checkProcessId(pid);
  const mappings = onProcess(pid, () => parseMappings(readFileSync(`/proc/${pid}/smaps`, 'utf8')));
  if (mappings.length === 0)
    throw noProcess(pid, 'it has no memory: it has ended, or is the kernel');
  return mappings;
}

/** Options of waiting for a process to stop. */
export interface WaitOptions {
  /** Ends the wait on abort; after ten seconds when absent. An aborted one checks the process once. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds between two checks, which leave the processor to the other process. */
const LOOK_EVERY = 2;

/**
 * Waits until a process and all its threads are stopped.
 *
 * A program under test should stop itself with `process.kill(process.pid, 'SIGSTOP')`. Writing "ready" to a pipe would
 * overwrite a part of the stack before the scan.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_NOT_STOPPED` after an abort; `ERR_MEMORY_SCAN_NO_PROCESS` when the
 * process ends; `ERR_MEMORY_SCAN_PLATFORM`.
 */
export async function waitUntilStopped(pid: number, options?: WaitOptions): Promise<void> {
  requireLinux();
  checkProcessId(pid);
  const { signal = AbortSignal.timeout(10_000) } = checkOptions(options, ['signal']);
  if (!(signal instanceof AbortSignal)) throw wrongType('signal', 'an AbortSignal', signal);
  while (!isStopped(pid)) {
    if (signal.aborted) {
      const message = `process ${pid} did not stop in time`;
      throw new MemoryScanError('ERR_MEMORY_SCAN_NOT_STOPPED', message, { cause: signal.reason });
    }
    await pause(LOOK_EVERY);
  }
}

function isStopped(pid: number): boolean {
  return onProcess(pid, () =>
    readdirSync(`/proc/${pid}/task`).every((thread) => isThreadStopped(pid, thread)),
  );
}

function isThreadStopped(pid: number, thread: string): boolean {
  // The name of the program is in parentheses and may contain any character.
  const status = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
  const state = status.charAt(status.lastIndexOf(')') + 2);
  if (Number(thread) === pid && 'ZX'.includes(state)) throw noProcess(pid, 'it has ended');
  return 'Tt'.includes(state);
}
