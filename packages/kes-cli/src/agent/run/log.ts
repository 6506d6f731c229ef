/** The log of the agent: one line an event. */
import type { AgentEvent, LogLevel } from '@evolock/kes-agent';
import type { Context } from '../../cli/session.js';
import { jsonText, printable } from '../../cli/text.js';
import { noTarget, outputTarget, syslogTarget, type LogTarget } from './log-targets.js';
import { LOG_LEVELS } from './log-words.js';
import type { Settings } from './settings.js';

/** The log of one run. */
export class Log {
  readonly #target: LogTarget;
  readonly #now: () => Date;
  #level: LogLevel = 'info';
  #asJson = false;

  private constructor(target: LogTarget, now: () => Date) {
    this.#target = target;
    this.#now = now;
  }

  /** Opens the target. */
  static async open(context: Context, settings: Settings): Promise<Log> {
    const log = new Log(await targetOf(context, settings), context.now);
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
    this.#target.write(this.#asJson ? this.#json(event) : this.#text(event), event.level);
  };

  /** Resolves when all lines are written. */
  close(): Promise<void> {
    return this.#target.close();
  }

  #text({ level, words }: AgentEvent): string {
    const time = this.#target.addsTime ? '' : `${this.#now().toISOString()} `;
    return `${time}${level}: ${printable(words)}`;
  }

  #json({ level, event, words, facts }: AgentEvent): string {
    return jsonText({ time: this.#now().toISOString(), level, event, words, facts });
  }
}

function targetOf({ stdout, stderr }: Context, { logTarget }: Settings): Promise<LogTarget> {
  if (logTarget === 'syslog') return syslogTarget(stderr);
  return Promise.resolve(logTarget === 'null' ? noTarget : outputTarget(stdout));
}
