/** What the agent logs: one line an event, for a person and for a machine. No event contains a secret. */

/** Severity, lowest first. */
export type LogLevel = 'debug' | 'info' | 'notice' | 'warn' | 'error' | 'critical' | 'emergency';

/** Public facts of an event, for a machine. */
export type EventFacts = Readonly<Record<string, string | number | boolean | null>>;

/** An event of the agent. */
export interface AgentEvent {
  readonly level: LogLevel;
  /** A stable name, as `key-installed`. */
  readonly event: string;
  /** One line for a person. */
  readonly words: string;
  readonly facts: EventFacts;
}

/** Takes the events of an agent. */
export type Log = (event: AgentEvent) => void;

export type Note = (level: LogLevel, event: string, words: string, facts?: EventFacts) => void;

/** Events to a log. An error of the log is thrown after the current turn: it does not stop a command half-way. */
export function noteTo(log: Log): Note {
  return (level, event, words, facts = {}) => {
    try {
      log({ level, event, words, facts });
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

/** The reason of an error in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
