/** Runs under strace, which can kill a process when it enters a system call. */
import { spawnSync } from 'node:child_process';

/** The system calls by which an agent touches files, sockets and locked memory. */
const CALLS = [
  ...['openat', 'close', 'read', 'write', 'writev', 'fstat', 'statx', 'fsync', 'fcntl', 'mkdir'],
  ...['rename', 'link', 'linkat', 'unlink', 'unlinkat', 'umask', 'chmod', 'ftruncate'],
  ...['socket', 'bind', 'listen', 'accept4', 'connect', 'shutdown', 'recvmsg', 'sendmsg', 'sendto'],
  ...['mmap', 'munmap', 'mprotect', 'mlock', 'munlock', 'madvise', 'epoll_ctl'],
];

/** The option that traces them. `?` skips names that this processor does not have. */
export const TRACE = ['-e', `trace=${CALLS.map((call) => `?${call}`).join(',')}`];

/** Why strace cannot be used here; `undefined` when it can. */
export const noStrace = process.platform === 'linux' ? whyNoStrace() : 'only Linux has strace';

function whyNoStrace(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : String(stderr).split('\n', 1)[0];
}

/** A traced call. */
export interface TracedCall {
  readonly name: string;
  readonly line: string;
}

/** The traced calls of a log, in their order. */
export function callsIn(log: string): readonly TracedCall[] {
  return log.split('\n').map((line) => ({ line, name: /^(\w+)\(/.exec(line)?.[1] ?? '' }));
}

/** The options that kill a run when it enters one of these calls. strace counts each system call separately. */
export function killedAt(calls: readonly TracedCall[], index: number): readonly string[] {
  const name = calls[index]?.name ?? '';
  const when = calls.slice(0, index + 1).filter((each) => each.name === name).length;
  return ['-o', '/dev/null', '-e', `inject=${name}:signal=KILL:when=${when}`];
}
