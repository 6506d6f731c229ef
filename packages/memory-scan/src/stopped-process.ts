import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { argumentError, checkedOptions, MemoryScanError, requireInteger } from './errors.js';
import { isOwnProcess, noProcess, onProcess, requireLinux, requireProcessId } from './process.js';

/** Options of waiting for a process to stop. */
export interface WaitOptions {
  /** Milliseconds, 0 to 2^31 − 1; 10,000 when absent. With 0 the process is checked once. */
  readonly timeout?: number | undefined;
}

const DEFAULT_TIMEOUT = 10_000;
const MAXIMUM_TIMEOUT = 2 ** 31 - 1;
/** Milliseconds between two checks, which leave the processor to the other process. */
const LOOK_EVERY = 2;

/**
 * Waits until a process and all its threads are stopped.
 *
 * A program under test should stop itself with `process.kill(process.pid, 'SIGSTOP')`. Writing "ready" to a pipe would
 * overwrite a part of the stack before the scan.
 *
 * @param pid - Another process.
 * @param options - A timeout.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_NOT_STOPPED` after the timeout; `ERR_MEMORY_SCAN_NO_PROCESS` when the process ends; `ERR_MEMORY_SCAN_ARGUMENT` or
 * `ERR_MEMORY_SCAN_PLATFORM`.
 */
export async function waitUntilStopped(pid: number, options?: WaitOptions): Promise<void> {
  requireLinux();
  requireProcessId(pid);
  await untilStopped(pid, timeoutOf(options));
}

function timeoutOf(options: WaitOptions | undefined): number {
  const { timeout = DEFAULT_TIMEOUT } = checkedOptions(options);
  requireInteger('timeout', timeout, 0, MAXIMUM_TIMEOUT);
  return timeout;
}

async function untilStopped(pid: number, timeout: number): Promise<void> {
  const begin = performance.now();
  while (!isStopped(pid)) {
    if (performance.now() - begin > timeout) {
      const message = `process ${pid} did not stop: it runs after ${timeout} ms`;
      throw new MemoryScanError('ERR_MEMORY_SCAN_NOT_STOPPED', message);
    }
    await pause(LOOK_EVERY);
  }
}

/**
 * Stops a process, calls a function and continues the process, also when the function throws. A process that was stopped
 * before stays stopped.
 *
 * @param pid - Another process.
 * @param work - The function. Its result is returned.
 * @param options - A timeout.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_OWN_PROCESS`, `ERR_MEMORY_SCAN_NOT_STOPPED`,
 * `ERR_MEMORY_SCAN_NO_PROCESS`, `ERR_MEMORY_SCAN_PERMISSION`, `ERR_MEMORY_SCAN_ARGUMENT` or
 * `ERR_MEMORY_SCAN_PLATFORM`; the error of the function.
 */
export async function withStoppedProcess<Result>(
  pid: number,
  work: () => Result | Promise<Result>,
  options?: WaitOptions,
): Promise<Result> {
  requireLinux();
  requireProcessId(pid);
  // Checked before the process is stopped.
  if (typeof work !== 'function') throw argumentError('work must be a function');
  const timeout = timeoutOf(options);
  if (isOwnProcess(pid)) {
    const message = 'a process that stops itself cannot continue itself';
    throw new MemoryScanError('ERR_MEMORY_SCAN_OWN_PROCESS', message);
  }
  if (isStopped(pid)) return await work();
  onProcess(pid, () => process.kill(pid, 'SIGSTOP'));
  try {
    await untilStopped(pid, timeout);
    return await work();
  } finally {
    continueProcess(pid);
  }
}

function continueProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // The process has ended. The function has its result.
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
