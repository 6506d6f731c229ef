/** Where the lines of the log go. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { LogLevel } from '@evolock/kes-agent';
import { CommandError } from '../../cli/errors.js';
import type { Context, Output } from '../../cli/session.js';
import type { Sink } from './log-queue.js';
import type { Settings } from './settings.js';

/** A target of the log. */
export interface LogTarget {
  readonly sink: Sink;
  /** Whether each line needs its time: the system log adds it. */
  readonly addsTime: boolean;
  /** What a line of a level begins with. */
  readonly prefix: (level: LogLevel) => string;
}

/** The numbers of the levels in the system log: daemon (3) × 8 + severity. Source: syslog(3). */
const PRIORITIES: Readonly<Record<LogLevel, number>> = {
  debug: 31,
  info: 30,
  notice: 29,
  warn: 28,
  error: 27,
  critical: 26,
  emergency: 24,
};

const noPrefix = (): string => '';

/**
 * Opens the target of the settings.
 *
 * The system log is reached by a pipe to the program `logger`, because Node.js has no datagram sockets of Unix. When it ends
 * before the agent, later lines go to standard error.
 */
export async function openTarget(
  { stdout, stderr }: Context,
  { logTarget }: Settings,
): Promise<LogTarget> {
  if (logTarget === 'null') return { sink: noSink, addsTime: true, prefix: noPrefix };
  if (logTarget !== 'syslog')
    return { sink: await sinkOf(stdout), addsTime: false, prefix: noPrefix };
  // Only the logger of util-linux, on Linux, reads priorities from its input.
  const hasPriorities = process.platform === 'linux';
  const args = ['-t', 'kes-agent', ...(hasPriorities ? ['--prio-prefix'] : [])];
  const logger = await started('--log-target syslog', 'logger', args, 'ignore');
  return {
    sink: new ProgramSink(logger, await sinkOf(stderr)),
    addsTime: true,
    prefix: hasPriorities ? (level) => `<${PRIORITIES[level]}>` : noPrefix,
  };
}

/**
 * The sink of an output. Node.js writes to pipes and sockets without blocking, and regular files take every write. A terminal
 * can be stopped (Ctrl-S), and then blocks the writer: that is the program `cat`.
 */
async function sinkOf(output: Output): Promise<Sink> {
  const { isTTY = false, fd } = output;
  if (!isTTY || fd === undefined) return new OutputSink(output);
  return new ProgramSink(await started('a log to a terminal', 'cat', [], fd), noSink);
}

/** Starts a program that reads lines. It has a session of its own: the signals of the terminal are for the agent. */
async function started(
  what: string,
  program: string,
  args: readonly string[],
  stdout: number | 'ignore',
): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ['pipe', stdout, 'ignore'], detached: true });
  try {
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw new CommandError(
      'environment',
      `${what}: the program ${program} does not start (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}): install it, or use another target of the log`,
      { cause },
    );
  }
}

const noSink: Sink = {
  write: (_text, done) => done(),
  end: () => Promise.resolve(),
  destroy: () => undefined,
};

/** A stream. */
class OutputSink implements Sink {
  readonly #output: Output;
  #done: () => void = () => undefined;
  #isOver = false;

  constructor(output: Output) {
    this.#output = output;
  }

  write(text: string, done: () => void): void {
    this.#done = done;
    if (this.#isOver) this.#settle();
    else this.#output.write(text, () => this.#settle());
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): void {
    this.#isOver = true;
    this.#output.destroy?.();
    this.#settle();
  }

  #settle(): void {
    const done = this.#done;
    this.#done = () => undefined;
    done();
  }
}

/** A program that reads the lines from a pipe. What it does not take, because it ended, goes to another sink. */
class ProgramSink implements Sink {
  readonly #program: ChildProcess;
  readonly #next: Sink;
  #hasEnded = false;

  constructor(program: ChildProcess, next: Sink) {
    this.#program = program;
    this.#next = next;
    program.on('close', () => (this.#hasEnded = true));
    program.on('error', () => undefined);
    // The end of the program is noticed by its `close`.
    program.stdin?.on('error', () => undefined);
  }

  write(text: string, done: () => void): void {
    const { stdin } = this.#program;
    if (this.#hasEnded || stdin === null) this.#next.write(text, done);
    else stdin.write(text, (error) => (error ? this.#next.write(text, done) : done()));
  }

  async end(): Promise<void> {
    const closed = this.#hasEnded ? undefined : once(this.#program, 'close');
    this.#program.stdin?.end();
    await closed;
    await this.#next.end();
  }

  destroy(): void {
    this.#program.kill('SIGKILL');
    this.#next.destroy();
  }
}
