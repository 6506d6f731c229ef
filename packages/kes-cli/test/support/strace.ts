/** Runs under strace, which can kill a process when it enters a system call. */
import { spawnSync } from 'node:child_process';

/** Every system call that changes or reads a file. */
const CALLS = [
  ...['openat', 'close', 'read', 'pread64', 'write', 'pwrite64', 'fstat', 'statx', 'getdents64'],
  ...['fsync', 'fdatasync', 'ftruncate', 'fchmod', 'fchown', 'fcntl', 'ioctl', 'mkdir'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
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

/** The traced calls of a log, in their order. */
export function callsIn(log: string): { readonly name: string; readonly line: string }[] {
  return log.split('\n').map((line) => ({ line, name: /^(\w+)\(/.exec(line)?.[1] ?? '' }));
}

/** The options that kill a run when it enters one of these calls. strace counts each system call separately. */
export function killedAt(calls: readonly { readonly name: string }[], index: number): string[] {
  const name = calls[index]?.name ?? '';
  const when = calls.slice(0, index + 1).filter((each) => each.name === name).length;
  return ['-o', '/dev/null', '-e', `inject=${name}:signal=KILL:when=${when}`];
}
