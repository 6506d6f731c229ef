/** Where the lines of the log go. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { LogLevel } from '@evolock/kes-agent';
import { CommandError } from '../../cli/errors.js';
import type { Output } from '../../cli/session.js';

/** A target of the log. */
export interface LogTarget {
  /** Whether each line needs its time: the system log adds it. */
  readonly addsTime: boolean;
  write(line: string, level: LogLevel): void;
  /** Resolves when all lines are written. */
  close(): Promise<void>;
}

/** The target that drops every line. */
export const noTarget: LogTarget = {
  addsTime: true,
  write: () => undefined,
  close: () => Promise.resolve(),
};

/** A stream as a target. */
export function outputTarget(output: Output): LogTarget {
  return {
    addsTime: false,
    write: (line) => void output.write(`${line}\n`),
    close: () => Promise.resolve(),
  };
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

/** Bytes that wait for a program that does not read. Later lines are dropped. */
const MOST_WAITING = 1_048_576;

/**
 * The system log. Node.js has no datagram sockets of Unix, so the lines go to the program `logger` by a pipe. When it ends
 * before the agent, later lines go to standard error.
 *
 * @throws {@link CommandError} when the program cannot be started.
 */
export async function syslogTarget(stderr: Output): Promise<LogTarget> {
  // Only the logger of util-linux, on Linux, reads priorities from its input.
  const hasPriorities = process.platform === 'linux';
  const args = ['-t', 'kes-agent', ...(hasPriorities ? ['--prio-prefix'] : [])];
  const logger = spawn('logger', args, { stdio: ['pipe', 'ignore', 'ignore'] });
  await started(logger);
  return new Syslog(logger, stderr, hasPriorities);
}

async function started(logger: ChildProcess): Promise<void> {
  try {
    await once(logger, 'spawn');
  } catch (cause) {
    throw new CommandError(
      'environment',
      `--log-target syslog: the program logger does not start (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}): install it, or use --log-target stdout`,
      { cause },
    );
  }
}

class Syslog implements LogTarget {
  readonly addsTime = true;
  readonly #logger: ChildProcess;
  readonly #stderr: Output;
  readonly #hasPriorities: boolean;
  #hasEnded = false;

  constructor(logger: ChildProcess, stderr: Output, hasPriorities: boolean) {
    this.#logger = logger;
    this.#stderr = stderr;
    this.#hasPriorities = hasPriorities;
    logger.on('close', () => (this.#hasEnded = true));
    logger.on('error', () => undefined);
    // The end of the program is noticed by its `close`.
    logger.stdin?.on('error', () => undefined);
  }

  write(line: string, level: LogLevel): void {
    const { stdin } = this.#logger;
    if (this.#hasEnded || stdin === null) this.#stderr.write(`${line}\n`);
    else if (stdin.writableLength < MOST_WAITING) {
      stdin.write(this.#hasPriorities ? `<${PRIORITIES[level]}>${line}\n` : `${line}\n`);
    }
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#logger, 'close');
    this.#logger.stdin?.end();
    await ended;
  }
}
