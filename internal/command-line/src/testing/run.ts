/**
 * A program, run in the process of the test: from its sources, on the built packages below. The exit code of each run has to
 * be in the help of its command, and its JSON has to fit the schema.
 */
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect } from 'vitest';
import { exitCodesOf } from '../command.js';
import { run } from '../run.js';
import { Session, type Context, type Signals } from '../session.js';
import { namedCommands, type ProgramTree } from '../tree.js';
import type { CheckJson } from './schemas.js';

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
  /** Gets each part of standard error when it is written. */
  readonly onErrors?: (part: string) => void;
}

/** Runs a program and returns its exit code and its output. */
export type Runner = (args: readonly string[], options?: RunOptions) => Promise<Ended>;

/**
 * How the tests run a program.
 *
 * @param program - The program.
 * @param modules - The folder of the build: threads cannot load a source, they load a built module.
 * @param checkJson - Checks what it prints as JSON.
 */
export function runnerOf(program: ProgramTree, modules: URL, checkJson: CheckJson): Runner {
  return async (args, options = {}) => {
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
      onErrors,
    } = options;
    const text = { stdout: '', stderr: '' };
    const output = (name: 'stdout' | 'stderr') => ({
      isTTY,
      write: (part: string | Uint8Array, done?: () => void) => {
        text[name] += part.toString();
        (name === 'stdout' ? onOutput : onErrors)?.(part.toString());
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
        modules,
        signals,
        inspectorUrl: () => inspectorUrl,
      };
      const code = await run(program, args, context);
      await checkExitCode(program, args, context, code);
      checkJson(args, text);
      return { code, ...text };
    } finally {
      process.chdir(folder);
      closeSync(stdin);
    }
  };
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
async function checkExitCode(
  program: ProgramTree,
  args: readonly string[],
  context: Context,
  code: number,
) {
  const tree = await namedCommands(program, new Session(program, args, context));
  const numbers = exitCodesOf(commandIn(tree, args)).map((line) => Number.parseInt(line, 10));
  const line = [program.name, ...args].join(' ');
  expect(numbers, `exit codes in the help of ${line}`).toContain(code);
}

/** The command that the first arguments name. */
function commandIn(command: Command, [word, ...more]: readonly string[]): Command {
  const next = command.commands.find((each) => each.name() === word);
  return next === undefined ? command : commandIn(next, more);
}
