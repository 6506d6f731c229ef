/** The log of the agent: one line an event, on the way to a target that may stop taking lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AgentEvent, LogLevel } from '@evolock/kes-agent';
import { CommandError } from '../../cli/errors.js';
import type { Context, Output } from '../../cli/session.js';
import { jsonText, printable } from '../../cli/text.js';
import { LOG_LEVELS } from './flags.js';
import type { Settings } from './settings.js';

/** The log of one run. */
export class Log {
  readonly #target: LogTarget;
  readonly #queue: LogQueue;
  readonly #now: () => Date;
  #level: LogLevel = 'info';
  #asJson = false;

  private constructor(target: LogTarget, now: () => Date) {
    this.#target = target;
    this.#queue = new LogQueue(target.sink, (lost) => this.#lineOf(lossOf(lost)));
    this.#now = now;
  }

  /** Opens the target. */
  static async open(context: Context, settings: Settings): Promise<Log> {
    const log = new Log(await openTarget(context, settings), context.now);
    log.configure(settings);
    return log;
  }

  /** Takes level and format from settings. The target stays. */
  configure({ logLevel = 'info', logFormat = 'text' }: Settings): void {
    this.#level = logLevel;
    this.#asJson = logFormat === 'json';
  }

  /** Writes an event, if it is important enough. */
  readonly write = (event: AgentEvent): void => {
    if (LOG_LEVELS.indexOf(event.level) < LOG_LEVELS.indexOf(this.#level)) return;
    this.#queue.write(this.#lineOf(event), event.event);
  };

  /** Resolves when all lines are written, or the target does not take them. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  #lineOf(event: AgentEvent): string {
    const line = this.#asJson ? this.#json(event) : this.#text(event);
    return `${this.#target.prefix(event.level)}${line}\n`;
  }

  #text({ level, words }: AgentEvent): string {
    const time = this.#target.addsTime ? '' : `${this.#now().toISOString()} `;
    return `${time}${level}: ${printable(words)}`;
  }

  #json({ level, event, words, facts }: AgentEvent): string {
    return jsonText({ time: this.#now().toISOString(), level, event, words, facts });
  }
}

/** The event about lines that the target did not take. Each name is stated: `signed` are signatures without a line. */
function lossOf(lost: LostLines): AgentEvent {
  const names = [...lost].map(([name, count]) => `${name} ${String(count)}`);
  return {
    level: 'warn',
    event: 'lines-lost',
    words: `the target of the log did not take its lines; lost, by event: ${names.join(', ')}`,
    facts: Object.fromEntries(lost),
  };
}

/** Takes text without blocking the caller. */
interface Sink {
  /** Takes the next text, after the one before is done: the system has it, or it is lost. */
  write(text: string, done: () => void): void;
  /** Resolves when the target has ended. All text is done before. */
  end(): Promise<void>;
  /** Gives up: the text is done, and the target ends. */
  destroy(): void;
}

/** The most bytes of lines that wait for the target. */
export const MOST_WAITING = 1_048_576;

/** Milliseconds for the last lines, when the log is closed. */
const PATIENCE = 1_000;

/** How many lines were lost, by the name of their event. */
type LostLines = ReadonlyMap<string, number>;

/**
 * A bounded queue of lines. Lines that do not fit are lost, and counted by the name of their event. When the target has
 * taken all waiting lines, one more line says what was lost.
 */
class LogQueue {
  readonly #sink: Sink;
  readonly #report: (lost: LostLines) => string;
  #waiting: string[] = [];
  /** Bytes that wait or are being written. */
  #size = 0;
  #isWriting = false;
  #lost = new Map<string, number>();
  #whenEmpty: () => void = () => undefined;

  /** `report` makes the line about lost lines. */
  constructor(sink: Sink, report: (lost: LostLines) => string) {
    this.#sink = sink;
    this.#report = report;
  }

  /**
   * Adds a line, or counts it as lost.
   *
   * @param line - With its end.
   * @param name - The name of its event.
   */
  write(line: string, name: string): void {
    const size = Buffer.byteLength(line);
    if (this.#lost.size === 0 && this.#size + size <= MOST_WAITING) this.#add(line, size);
    else this.#lost.set(name, (this.#lost.get(name) ?? 0) + 1);
    this.#next();
  }

  /** Writes what waits, and ends the target. A target that does not take it in a second loses it. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#sink.destroy(), PATIENCE);
    if (this.#isWriting) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    await this.#sink.end();
    clearTimeout(timer);
  }

  #add(line: string, size: number): void {
    this.#waiting.push(line);
    this.#size += size;
  }

  /** Writes everything that waits, if nothing is being written. */
  #next(): void {
    if (this.#isWriting) return;
    if (this.#waiting.length === 0 && this.#lost.size > 0) {
      const line = this.#report(this.#lost);
      this.#lost = new Map();
      this.#add(line, Buffer.byteLength(line));
    }
    if (this.#waiting.length === 0) {
      this.#whenEmpty();
      return;
    }
    const size = this.#size;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#isWriting = true;
    this.#sink.write(text, () => {
      this.#size -= size;
      this.#isWriting = false;
      this.#next();
    });
  }
}

/** A target of the log. */
interface LogTarget {
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
async function openTarget(
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
