/** The signals of the system, as requests to a running agent, in their order. */
import { EventEmitter, on } from 'node:events';
import type { Signals } from '../../cli/session.js';

/** What a signal asks for. */
export type AgentRequest = 'stop' | 'reload';

const MEANING: readonly (readonly [signal: NodeJS.Signals, request: AgentRequest])[] = [
  ['SIGTERM', 'stop'],
  ['SIGINT', 'stop'],
  ['SIGHUP', 'reload'],
];

/** The requests of one run. Those that arrive before they are read wait. */
export class Requests implements Disposable {
  readonly #signals: Signals;
  readonly #arrived = new EventEmitter();
  readonly #iterator = on(this.#arrived, 'request');
  readonly #listeners = MEANING.map(
    ([signal, request]) => [signal, () => void this.#arrived.emit('request', request)] as const,
  );

  /** Listens from now on: a signal does not end the process any more. */
  constructor(signals: Signals) {
    this.#signals = signals;
    for (const [signal, listener] of this.#listeners) signals.on(signal, listener);
  }

  /** The next request, when it arrives. */
  async next(): Promise<AgentRequest> {
    const { value } = (await this.#iterator.next()) as { value: readonly [AgentRequest] };
    return value[0];
  }

  /** Ends listening. */
  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) this.#signals.off(signal, listener);
  }
}
