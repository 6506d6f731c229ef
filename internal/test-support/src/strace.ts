/** Runs under strace, which can kill a process when it enters a system call. */
import { spawnSync } from 'node:child_process';

/** The option that traces these calls. `?` skips names that this processor does not have. */
export function traceOf(calls: readonly string[]): readonly string[] {
  return ['-e', `trace=${calls.map((call) => `?${call}`).join(',')}`];
}

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

/**
 * The places of the calls that change what another process sees, from one place to another. Killed before any other call, a
 * process leaves what it leaves at one of these. In a log of `strace -y`, reads of files are told from reads of sockets.
 */
export function visibleCalls(
  calls: readonly TracedCall[],
  first: number,
  last: number,
): readonly number[] {
  const unseen = /^(?:openat\((?!.*O_CREAT)|read\(\d+<(?!socket|UNIX))/;
  return calls.flatMap(({ name, line }, index) =>
    index < first || index > last || name === '' || unseen.test(line) ? [] : [index],
  );
}

/** The options that kill a run when it enters one of these calls. strace counts each system call separately. */
export function killedAt(calls: readonly { readonly name: string }[], index: number): string[] {
  const name = calls[index]?.name ?? '';
  const when = calls.slice(0, index + 1).filter((each) => each.name === name).length;
  return ['-o', '/dev/null', '-e', `inject=${name}:signal=KILL:when=${when}`];
}
