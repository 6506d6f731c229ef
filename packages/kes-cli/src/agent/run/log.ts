/** The log of the agent: one line an event. */
import type { AgentEvent, LogLevel } from '@evolock/kes-agent';
import type { Context } from '../../cli/session.js';
import { jsonText, printable } from '../../cli/text.js';
import { LogQueue, type LostLines } from './log-queue.js';
import { openTarget, type LogTarget } from './log-targets.js';
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
