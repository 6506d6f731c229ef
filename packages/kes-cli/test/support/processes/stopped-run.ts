/** The command in a process that is killed or stopped at a call to the file system, or by strace at a system call. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { traceOf } from '@evolock/test-support/strace';
import { inFolder } from '../folder.js';
import { program } from './process.js';

export { callsIn, killedAt, noStrace, visibleCalls } from '@evolock/test-support/strace';

const hook = new URL('at-call.mjs', import.meta.url).href;

/** The end of such a process. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The name of the call. */
  readonly call: string;
  readonly stderr: string;
}

/** The call: its number, from 1; its name; `name:part` with a part of its path; its path; or `exit`. */
export type Call = number | string;

/** What happens at the call. */
export type Interruption = 'SIGKILL' | 'half' | 'SIGSTOP' | 'EIO';

/** Starts a process that is interrupted at a call. */
export function startRun(
  args: readonly string[],
  call: Call,
  interruption: Interruption,
): ChildProcess {
  const env = {
    ...process.env,
    KES_TEST_FOLDER: inFolder(),
    KES_TEST_CALL: String(call),
    KES_TEST_SIGNAL: interruption,
  };
  return spawn(process.execPath, ['--import', hook, program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

/** Runs `kes evolve --to 5`, interrupted at a call, to its end. */
export function evolve(path: string, call: Call, interruption: Interruption): Promise<Ended> {
  return endOf(['evolve', path, '--to', '5', '--leave-node'], call, interruption);
}

/** Runs a command, interrupted at a call, to its end. */
export async function endOf(
  args: readonly string[],
  call: Call,
  interruption: Interruption,
): Promise<Ended> {
  const child = startRun(args, call, interruption);
  const text = { call: '', stderr: '' };
  child.stdout?.resume();
  child.stdio[3]?.on('data', (part: Buffer) => (text.call += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (text.stderr += part.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...text };
}

/** The option that traces every system call that changes a file. */
export const TRACE = traceOf([
  ...['openat', 'write', 'pwrite64', 'ftruncate', 'fchmod', 'fchown', 'mkdir'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
]);
