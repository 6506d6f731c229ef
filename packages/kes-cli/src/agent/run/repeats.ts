/** What clients of the agent do wrong, again and again: the first of a kind is a line at once, the others are one line an hour. */
import type { AgentEvent } from '@evolock/kes-agent';
import { HOUR } from '../../network/clock.js';

/** The warnings that a client causes by itself, as often as it likes. */
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
  readonly timer: NodeJS.Timeout;
  /** Events without a line. */
  count: number;
  last: AgentEvent;
}

/** Counts the events that repeat one of the last hour. Every one is in a line in the end, by itself or by its count. */
export class Repeats {
  readonly #write: (event: AgentEvent) => void;
  readonly #kinds = new Map<string, Kind>();

  /** `write` takes the lines that state a count. */
  constructor(write: (event: AgentEvent) => void) {
    this.#write = write;
  }

  /** Whether the event repeats another one. It is counted then. */
  count(event: AgentEvent): boolean {
    if (event.level !== 'warn' || !BY_CLIENTS.includes(event.event)) return false;
    const name = [event.event, ...OF_KIND.map((fact) => event.facts[fact])].join(' ');
    const kind = this.#kinds.get(name);
    if (kind === undefined) {
      this.#watch(name, event);
      return false;
    }
    kind.count += 1;
    kind.last = event;
    return true;
  }

  /** Writes all counts. */
  close(): void {
    for (const kind of this.#kinds.values()) {
      clearTimeout(kind.timer);
      this.#writeCount(kind);
    }
    this.#kinds.clear();
  }

  #watch(name: string, last: AgentEvent): void {
    const timer = setTimeout(() => this.#endHour(name), HOUR).unref();
    this.#kinds.set(name, { timer, count: 0, last });
  }

  /** A kind that was silent for an hour is forgotten: its next event is a line at once. */
  #endHour(name: string): void {
    const kind = this.#kinds.get(name);
    this.#kinds.delete(name);
    if (kind === undefined || kind.count === 0) return;
    this.#writeCount(kind);
    this.#watch(name, kind.last);
  }

  #writeCount({ count, last }: Kind): void {
    if (count === 0) return;
    const words = `${count === 1 ? 'once' : `${count} times`} more within an hour: ${last.words}`;
    this.#write({ ...last, words, facts: { ...last.facts, count } });
  }
}
