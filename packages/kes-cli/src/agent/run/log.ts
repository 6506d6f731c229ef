/** The log of the agent: one line an event, on the way to a target that may stop taking lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AgentEvent, LogLevel } from '@evolock/kes-agent';
import { CommandError } from '@evolock/command-line/errors';
import type { Context, Output } from '@evolock/command-line/session';
import { jsonText, printable } from '@evolock/command-line/text';
import { HOUR } from '../../network/clock.js';

/** From the least to the most important. */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warn',
  'error',
  'critical',
  'emergency',
] as const satisfies readonly LogLevel[];

/** How an event is written: a line for a person, or an object of JSON on one line. */
export const LOG_FORMATS = ['text', 'json'] as const;

export const LOG_TARGETS = ['stdout', 'syslog', 'null'] as const;

interface LogSettings {
  readonly logLevel?: LogLevel;
  readonly logFormat?: (typeof LOG_FORMATS)[number];
  readonly logTarget?: (typeof LOG_TARGETS)[number];
}

/** The most bytes of lines that wait for the target. */
export const MOST_WAITING = 1_048_576;

/** Milliseconds for the last lines, when the log is closed. */
const PATIENCE = 1_000;

/**
 * The log of one run. Lines that the target does not take wait, up to a limit. Further ones are lost, and counted by the name
 * of their event: when the target has taken all that waits, one more line says what was lost. Of what clients do wrong
 * again and again one line an hour is written, with a count.
 */
export class Log {
  readonly #target: LogTarget;
  readonly #now: () => Date;
  readonly #clientWarnings = new ClientWarnings();
  #level: LogLevel = 'info';
  #asJson = false;
  #waiting = 0;
  #lost = new Map<string, number>();
  #whenEmpty: () => void = () => undefined;

  private constructor(target: LogTarget, now: () => Date) {
    this.#target = target;
    this.#now = now;
  }

  static async open(context: Context, settings: LogSettings): Promise<Log> {
    const log = new Log(await openTarget(context, settings), context.now);
    log.configure(settings);
    return log;
  }

  configure({ logLevel = 'info', logFormat = 'text' }: LogSettings): void {
    this.#level = logLevel;
    this.#asJson = logFormat === 'json';
  }

  readonly write = (event: AgentEvent): void => {
    if (LOG_LEVELS.indexOf(event.level) < LOG_LEVELS.indexOf(this.#level)) return;
    const line = this.#clientWarnings.lineOf(event);
    if (line !== undefined) this.#sendIfFits(line);
  };

  #sendIfFits(event: AgentEvent): void {
    const line = this.#lineOf(event);
    const fits = this.#lost.size === 0 && this.#waiting + Buffer.byteLength(line) <= MOST_WAITING;
    if (fits) this.#send(line);
    else this.#lost.set(event.event, (this.#lost.get(event.event) ?? 0) + 1);
    if (!fits && this.#waiting === 0) this.#sendLoss();
  }

  /** Resolves when all lines are written. A target that does not take them in a second loses them. */
  async close(): Promise<void> {
    for (const event of this.#clientWarnings.rest()) this.#sendIfFits(event);
    const { sink } = this.#target;
    const timer = setTimeout(() => {
      sink.destroy?.();
      this.#whenEmpty();
    }, PATIENCE);
    if (this.#waiting > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    await sink.end?.();
    clearTimeout(timer);
  }

  #send(line: string): void {
    const size = Buffer.byteLength(line);
    this.#waiting += size;
    this.#target.sink.write(line, () => {
      this.#waiting -= size;
      if (this.#waiting > 0) return;
      if (this.#lost.size === 0) this.#whenEmpty();
      else this.#sendLoss();
    });
  }

  #sendLoss(): void {
    const event = lossOf(this.#lost);
    this.#lost = new Map();
    this.#send(this.#lineOf(event));
  }

  /** The system log adds the time to a text. */
  #lineOf({ level, event, words, facts }: AgentEvent): string {
    const time = this.#now().toISOString();
    const { isSystemLog } = this.#target;
    const prefix = isSystemLog && hasPriorities() ? `<${PRIORITIES[level]}>` : '';
    if (this.#asJson) return `${prefix}${jsonText({ time, level, event, words, facts })}\n`;
    return `${prefix}${isSystemLog ? '' : `${time} `}${level}: ${printable(words)}\n`;
  }
}

/** The event about lines that the target did not take. Each name is stated: `signed` are signatures without a line. */
function lossOf(lost: ReadonlyMap<string, number>): AgentEvent {
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
  /** Takes a text behind those before it. It is done when the system has it, or when it is lost. */
  write(text: string, done: () => void): void;
  /** Resolves when the target has ended. All text is done before. */
  end?(): Promise<void>;
  /** Gives up the text that waits, and ends the target. */
  destroy?(): void;
}

interface LogTarget {
  readonly sink: Sink;
  readonly isSystemLog: boolean;
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

/** Only the logger of util-linux, on Linux, reads priorities from its input. */
const hasPriorities = () => process.platform === 'linux';

/**
 * Opens the target of the settings.
 *
 * The system log is reached by a pipe to the program `logger`, because Node.js has no datagram sockets of Unix. When it ends
 * before the agent, later lines go to standard error.
 */
async function openTarget(
  { stdout, stderr }: Context,
  { logTarget }: LogSettings,
): Promise<LogTarget> {
  if (logTarget === 'null') return { sink: noSink, isSystemLog: false };
  if (logTarget !== 'syslog') return { sink: await sinkOf(stdout), isSystemLog: false };
  const args = ['-t', 'kes-agent', ...(hasPriorities() ? ['--prio-prefix'] : [])];
  const logger = await started('--log-target syslog', 'logger', args, 'ignore');
  return { sink: programSink(logger, await sinkOf(stderr)), isSystemLog: true };
}

/**
 * The sink of an output. Node.js writes to pipes and sockets without blocking, and regular files take every write. A terminal
 * can be stopped (Ctrl-S), and then blocks the writer: that is the program `cat`.
 */
async function sinkOf(output: Output): Promise<Sink> {
  const { isTTY = false, fd } = output;
  if (!isTTY || fd === undefined) return outputSink(output);
  return programSink(await started('a log to a terminal', 'cat', [], fd), noSink);
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

const noSink: Sink = { write: (_text, done) => done() };

function outputSink(output: Output): Sink {
  let isOver = false;
  return {
    write: (text, done) => {
      if (isOver) done();
      else output.write(text, done);
    },
    destroy: () => {
      isOver = true;
      output.destroy?.();
    },
  };
}

/** Writes to a program, which reads the lines from a pipe. What it does not take, because it ended, goes to another sink. */
function programSink(program: ChildProcess, next: Sink): Sink {
  const { stdin } = program;
  let hasEnded = false;
  program.on('close', () => (hasEnded = true)).on('error', () => undefined);
  // The end of the program is noticed by its `close`.
  stdin?.on('error', () => undefined);
  return {
    write: (text, done) => {
      if (hasEnded || stdin === null) next.write(text, done);
      else stdin.write(text, (error) => (error ? next.write(text, done) : done()));
    },
    end: async () => {
      const closed = hasEnded ? undefined : once(program, 'close');
      stdin?.end();
      await closed;
      await next.end?.();
    },
    destroy: () => {
      program.kill('SIGKILL');
      next.destroy?.();
    },
  };
}

/** The warnings that a client causes by itself. */
const BY_CLIENTS: readonly string[] = [
  'client-closed',
  'client-answered',
  'sign-refused',
  'too-many-clients',
  'unknown-command',
];

/** The facts that tell kinds apart. Each has few values, so a client cannot make many kinds. */
const OF_KIND = ['protocol', 'code', 'result'] as const;

interface Kind {
  /** When it had a line, in milliseconds of a clock that only runs on. */
  readonly at: number;
  /** The events since then. */
  count: number;
  last: AgentEvent;
}

/** Counts the events that repeat one of the last hour. Each is in a line in the end, by itself or by a count. */
class ClientWarnings {
  readonly #kinds = new Map<string, Kind>();

  /** The line for an event; `undefined` for one that is counted only. */
  lineOf(event: AgentEvent): AgentEvent | undefined {
    if (event.level !== 'warn' || !BY_CLIENTS.includes(event.event)) return event;
    const name = [event.event, ...OF_KIND.map((fact) => event.facts[fact])].join(' ');
    const kind = this.#kinds.get(name);
    const at = performance.now();
    if (kind !== undefined && at - kind.at < HOUR) {
      kind.count += 1;
      kind.last = event;
      return undefined;
    }
    this.#kinds.set(name, { at, count: 0, last: event });
    const words = `${event.words}; others like it in the hour to come are only counted`;
    return withCount({ ...event, words }, kind?.count ?? 0);
  }

  /** A line for each kind with events that had none, at the end of the log. */
  rest(): AgentEvent[] {
    return [...this.#kinds.values()]
      .filter(({ count }) => count > 0)
      .map(({ count, last }) => withCount(last, count));
  }
}

function withCount(event: AgentEvent, count: number): AgentEvent {
  if (count === 0) return event;
  const words = `${event.words}; ${count} like it had no line since the last one`;
  return { ...event, words, facts: { ...event.facts, count } };
}
