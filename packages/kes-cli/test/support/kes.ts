/**
 * The command, run in the process of the test: from its sources, on the built packages below. The exit code of each run has
 * to be in the help of its command, and its JSON has to fit the schema.
 */
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect } from 'vitest';
import { exitCodesOf } from '../../src/cli/command.js';
import { run } from '../../src/cli/run.js';
import { Session, type Context, type Signals } from '../../src/cli/session.js';
import { kesCommand } from '../../src/kes.js';
import { checkJson } from './schemas.js';

/** A value of JSON. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read members without stating types
export type Json = any;

/** The end of a run. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run has besides its arguments. */
export interface RunOptions {
  /** The working directory, for relative paths. */
  readonly cwd?: string;
  /** The content of standard input; empty when absent. */
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether both outputs are a terminal. */
  readonly isTTY?: boolean;
  readonly now?: Date;
  /** A clock, instead of one moment. */
  readonly clock?: () => Date;
  /** Where the run gets its signals; none arrive when absent. */
  readonly signals?: Signals;
  /** Where an inspector listens; it is closed when absent. */
  readonly inspectorUrl?: string;
  /** Gets each part of standard output when it is written. */
  readonly onOutput?: (part: string) => void;
}

/** Threads cannot load a source: they load the built module. */
const headerWorker = new URL('../../dist/header-worker.cjs', import.meta.url);

/** Runs `kes` and returns its exit code and its output. */
export async function kes(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const {
    cwd = '.',
    input = '',
    environment = {},
    isTTY = false,
    now,
    clock,
    signals = new EventEmitter(),
    inspectorUrl,
    onOutput,
  } = options;
  const text = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY,
    write: (part: string | Uint8Array, done?: () => void) => {
      text[name] += part.toString();
      if (name === 'stdout') onOutput?.(part.toString());
      done?.();
    },
  });
  const stdin = openInput(input);
  const folder = process.cwd();
  process.chdir(cwd);
  try {
    const context = {
      stdin,
      stdout: output('stdout'),
      stderr: output('stderr'),
      environment,
      now: clock ?? (() => now ?? new Date()),
      monotonic: () => clock?.().getTime() ?? performance.now(),
      headerWorker,
      signals,
      inspectorUrl: () => inspectorUrl,
    };
    const code = await run(args, context);
    await checkExitCode(args, context, code);
    checkJson(args, text);
    return { code, ...text };
  } finally {
    process.chdir(folder);
    closeSync(stdin);
  }
}

function openInput(input: string | Uint8Array): number {
  if (input.length === 0) return openSync('/dev/null', 'r');
  const path = join(tmpdir(), `evolock-input-${process.pid}`);
  writeFileSync(path, input);
  try {
    return openSync(path, 'r');
  } finally {
    unlinkSync(path);
  }
}

/** Checks that the help of the command states the exit code. */
async function checkExitCode(args: readonly string[], context: Context, code: number) {
  const codes = exitCodesOf(commandIn(await kesCommand(new Session(args, context)), args));
  const numbers = codes.map((line) => Number.parseInt(line, 10));
  expect(numbers, `exit codes in the help of kes ${args.join(' ')}`).toContain(code);
}

/** The command that the first arguments name. */
function commandIn(command: Command, [word, ...more]: readonly string[]): Command {
  const next = command.commands.find((each) => each.name() === word);
  return next === undefined ? command : commandIn(next, more);
}

/** Runs `kes … --json`, and parses the output. */
export async function kesJson(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; json: Json; stderr: string }> {
  const { code, stdout, stderr } = await kes([...args, '--json'], options);
  return { code, json: stdout === '' ? undefined : JSON.parse(stdout), stderr };
}

/**
 * Runs `kes header verify … --json`, and parses its lines: the last one is the summary. The findings are the lines of all
 * that is no valid header.
 */
export async function kesLines(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; lines: Json[]; findings: Json[]; summary: Json; stderr: string }> {
  const { code, stdout, stderr } = await kes([...args, '--json'], options);
  return { code, ...linesOf(stdout), stderr };
}

/** The lines of the output of `kes header verify --json`. */
export function linesOf(stdout: string): { lines: Json[]; findings: Json[]; summary: Json } {
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Json => JSON.parse(line));
  const found = lines.slice(0, -1);
  const findings = found.filter(({ valid }) => valid !== true);
  return { lines: found, findings, summary: lines.at(-1)?.summary };
}
