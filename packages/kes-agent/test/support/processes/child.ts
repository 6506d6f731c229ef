/** A program of the tests in a process of its own: what it reports, and what it answers. */
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** What a program reports. */
export interface ChildEvent {
  readonly event: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

type Report = ChildEvent | { readonly answer: unknown };

/** A running program. It is killed after the test. */
export class Child {
  readonly #process: ChildProcess;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #events: ChildEvent[] = [];
  readonly #answers: unknown[] = [];
  /** How many events of each name there were. */
  readonly #totals = new Map<string, number>();
  /** How many messages were sent: each has one answer. */
  #asked = 0;
  readonly #started: Promise<unknown>;
  #ended: string | undefined;

  /**
   * Starts a program.
   *
   * @param name - Its file in this folder.
   * @param start - The options in its first message.
   * @param prefix - A command that runs the program.
   */
  constructor(name: string, start: object, prefix: readonly string[] = []) {
    const program = fileURLToPath(new URL(name, import.meta.url));
    const [file = '', ...line]: readonly string[] = [...prefix, process.execPath, program];
    this.#process = spawn(file, line, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#process.on('message', (report) => this.#report(report as Report));
    this.#process.on('error', () => undefined);
    this.#process.on('exit', (code, signal) => {
      this.#ended = String(code ?? signal);
      this.#changes.emit('change');
    });
    onTestFinished(() => this.kill());
    this.#started = this.ask('start', start);
    // Not every test waits for it.
    this.#started.catch(() => undefined);
  }

  /** Resolves when the program has started. */
  async started(): Promise<this> {
    await this.#started;
    return this;
  }

  /**
   * Waits for an event that no call has returned, and returns it. Earlier events of other names stay.
   *
   * @param facts - What its facts have to contain.
   */
  async next(name: string, facts: ChildEvent['facts'] = {}): Promise<ChildEvent> {
    const isIt = (each: ChildEvent): boolean =>
      each.event === name &&
      Object.entries(facts).every(([key, value]) => each.facts[key] === value);
    await this.#until(() => this.#events.some(isIt), name);
    const [found] = this.#events.splice(this.#events.findIndex(isIt), 1);
    return found!;
  }

  /** How many events of a name there were. */
  total(name: string): number {
    return this.#totals.get(name) ?? 0;
  }

  /** Waits for the next report. */
  async change(): Promise<void> {
    await once(this.#changes, 'change');
  }

  /** Sends a message, and returns its answer. */
  async ask(name: string, value?: unknown): Promise<unknown> {
    const number = this.#asked++;
    // A process that has ended is noticed by the wait.
    this.#process.send({ name, value }, () => undefined);
    await this.#until(() => this.#answers.length > number, `the answer to ${name}`);
    return this.#answers[number];
  }

  /** Ends the program in order, and returns its exit code. */
  async close(): Promise<string> {
    await this.ask('close');
    return this.ended();
  }

  /** The exit code, or the signal, when the process has ended. */
  async ended(): Promise<string> {
    while (this.#ended === undefined) await this.change();
    return this.#ended;
  }

  /** Kills the process, and waits for its end. */
  async kill(): Promise<void> {
    if (this.#ended === undefined) this.#process.kill('SIGKILL');
    // A program that a prefix runs ends with its channel.
    if (this.#process.connected) this.#process.disconnect();
    await this.ended();
  }

  async #until(isTrue: () => boolean, what: string): Promise<void> {
    while (!isTrue()) {
      if (this.#ended !== undefined) {
        const events = this.#events.map(({ event }) => event).join(', ');
        throw new Error(`the program ended with ${this.#ended} before ${what}, after ${events}`);
      }
      await this.change();
    }
  }

  #report(report: Report): void {
    if ('event' in report) this.#event(report);
    else this.#answers.push(report.answer);
    this.#changes.emit('change');
  }

  #event(report: ChildEvent): void {
    this.#events.push(report);
    this.#totals.set(report.event, this.total(report.event) + 1);
  }
}
