/** What clients of the agent do wrong, as often as they like: of a kind at most one line an hour, which says how many had none. */
import type { AgentEvent } from '@evolock/kes-agent';
import { HOUR } from '../../network/clock.js';

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
export class ClientWarnings {
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
