/** A built program in a child process. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** The words before the command: a program that runs it. */
  readonly before?: readonly string[];
  readonly node?: readonly string[];
}

/** Runs a built program in a child process, and waits for its end. */
export async function endOf(
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Ended> {
  const { cwd, input = '', environment, before = [], node = [] } = options;
  const [file = '', ...line] = [...before, process.execPath, ...node, program, ...args];
  const { child, text, ended } = running(file, line, environment, cwd);
  // A process that ends without reading its input is not an error of the test.
  child.stdin.on('error', () => undefined).end(input);
  const [code, signal] = await ended;
  return { code, signal, ...text };
}

/** A running program, which the end of the test kills. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it wrote so far. */
  readonly text: { stdout: string; stderr: string };
  /** The exit code and the signal. */
  readonly ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  /** Whether it writes a text to standard output before it ends. */
  readonly wrote: (words: string) => Promise<boolean>;
}

export function running(
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd?: string,
): Running {
  const child = spawn(file, args, { cwd, env: { ...process.env, ...environment } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part));
  const closed = once(child, 'close');
  const ended = closed.then((end) => end as Awaited<Running['ended']>);
  let isOver = false;
  void ended.then(() => (isOver = true));
  const wrote = async (words: string): Promise<boolean> => {
    while (!isOver && !text.stdout.includes(words))
      await Promise.race([once(child.stdout, 'data'), ended]);
    return text.stdout.includes(words);
  };
  return { child, text, ended, wrote };
}
