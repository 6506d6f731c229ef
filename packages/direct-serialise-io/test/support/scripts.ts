import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

const prelude = `
  import * as io from '@evolock/direct-serialise-io';
  import { MLockedBytes } from '@evolock/mlocked-bytes';
  import fs from 'node:fs';
`;

export interface ScriptOptions {
  readonly stdio?: StdioOptions;
  /** A prefix of the command line. */
  readonly prefix?: readonly string[];
  /** Options of Node.js. */
  readonly flags?: readonly string[];
  readonly environment?: Record<string, string>;
}

/** Runs a script with the build of this package in a process of its own. */
export function runScript(script: string, options: ScriptOptions = {}): ChildProcess {
  const { stdio = ['ignore', 'pipe', 'inherit'], prefix = [], environment = {} } = options;
  const { flags = [] } = options;
  const program = ['--input-type=module', '--eval', prelude + script];
  const command = [...prefix, process.execPath, ...flags, ...program];
  const child = spawn(command[0]!, command.slice(1), {
    cwd: packageFolder,
    stdio,
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** The output of a script that ended with code 0. */
export async function printedBy(script: string, options?: ScriptOptions): Promise<unknown> {
  const child = runScript(script, options);
  let output = '';
  child.stdout!.on('data', (text) => (output += String(text)));
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`the script ended with ${String(code)}`);
  return JSON.parse(output);
}

/** How a child ended, after all its pipes have closed. */
export function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
}

/** Resolves when a script has printed something, and rejects when it ends before. */
export function firstWordOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.once('data', () => resolve());
    child.once('close', (code) => reject(new Error(`the script ended with ${String(code)}`)));
  });
}
