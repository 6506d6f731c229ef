/** The command in a process that is killed, stopped or refused at a call to the file system, or by strace at a system call. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { traceOf } from '@evolock/test-support/strace';
import { expect } from 'vitest';
import { inFolder } from '@evolock/command-testing/folder';
import { program } from './process.js';

export { callsIn, killedAt, noStrace, visibleCalls } from '@evolock/test-support/strace';

const hook = new URL('at-call.mjs', import.meta.url).href;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly call: string;
  readonly stderr: string;
}

/** The call: its number, from 1; its name; `name:part` with a part of its path; its path; or `exit`. */
export type Call = number | string;

export type Interruption = 'SIGKILL' | 'half' | 'SIGSTOP' | 'EIO';

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

/** Files that an interrupted run left: locks and unfinished files. */
export function leftovers(): string[] {
  return readdirSync(inFolder()).filter((name) => name.startsWith('.'));
}

function namesOfFiles(): string[] {
  const entries = readdirSync(inFolder(), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

export class Picture {
  readonly #files = namesOfFiles().map((name) => ({
    name,
    content: readFileSync(inFolder(name)),
    mode: statSync(inFolder(name)).mode,
  }));

  /** Removes every file, and writes those of the picture. */
  restore(): void {
    for (const name of namesOfFiles()) rmSync(inFolder(name));
    for (const { name, content, mode } of this.#files)
      writeFileSync(inFolder(name), content, { mode });
  }

  /** Expects that these files have the content of the picture. */
  expectUnchanged(names: readonly string[]): void {
    for (const { name, content } of this.#files) {
      if (names.includes(name)) expect(readFileSync(inFolder(name)), name).toEqual(content);
    }
  }
}

/**
 * Kills a command before each of its calls that change something, lets the system refuse each of them, and kills it in the
 * middle of each write. Returns the names of the calls.
 */
export async function atEachCall(
  args: readonly string[],
  prepare: () => void | Promise<void>,
  check: (what: string) => Promise<void>,
): Promise<string[]> {
  const names: string[] = [];
  for (const interruption of ['SIGKILL', 'EIO', 'half'] as const) {
    for (let call = 1, isOver = false; !isOver; call += 1) {
      await prepare();
      const { code, signal, call: name, stderr } = await endOf(args, call, interruption);
      const what = `${interruption} at ${name} (call ${String(call)})`;
      isOver = name === '';
      if (isOver) expect({ code, signal }, what).toEqual({ code: 0, signal: null });
      else if (interruption !== 'EIO') expect(signal, what).toBe('SIGKILL');
      // The failure of a call that only cleans up is no error.
      else if (code !== 0) expect(stderr, what).toMatch(/^(kes: warning: .*\n)*kes: error: .*\n$/);
      names.push(name);
      await check(what);
    }
  }
  return names;
}
