/** Runs under strace, which can kill one on entering a system call. */
import { spawnSync } from 'node:child_process';

/** Every system call by which a file can change, or be looked at. */
const CALLS = [
  ...['openat', 'close', 'read', 'pread64', 'write', 'pwrite64', 'fstat', 'statx', 'getdents64'],
  ...['fsync', 'fdatasync', 'ftruncate', 'fchmod', 'fchown', 'fcntl', 'ioctl', 'mkdir'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
];

/** The option that traces them; unknown names of other processors are passed over. */
export const TRACE = ['-e', `trace=${CALLS.map((call) => `?${call}`).join(',')}`];

/** Why strace cannot be used here; `undefined` where it can. */
export const noStrace = process.platform === 'linux' ? whyNoStrace() : 'strace is of Linux';

function whyNoStrace(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : String(stderr).split('\n', 1)[0];
}

/** Traced calls of a log, in their order. */
export function callsIn(log: string): { readonly name: string; readonly line: string }[] {
  return log.split('\n').map((line) => ({ line, name: /^(\w+)\(/.exec(line)?.[1] ?? '' }));
}

/** The options that kill a run on entering one of these calls: strace counts each system call by itself. */
export function killedAt(calls: readonly { readonly name: string }[], index: number): string[] {
  const name = calls[index]?.name ?? '';
  const when = calls.slice(0, index + 1).filter((each) => each.name === name).length;
  return ['-o', '/dev/null', '-e', `inject=${name}:signal=KILL:when=${when}`];
}
