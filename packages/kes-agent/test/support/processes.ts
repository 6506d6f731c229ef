/** Agents and nodes in processes of their own: what they report, and what they answer. */
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyCertificate, type OperationalCertificate } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { expect, onTestFinished } from 'vitest';
import type { AgentConfiguration, AgentOptions } from '../../src/index.js';
import type { AgentPaths } from './clients.js';
import { configuration, momentIn, pool } from './pool.js';
import { folder } from './sockets.js';

interface ChildEvent {
  readonly event: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

type Report = ChildEvent | { readonly answer: unknown };

/** A running program. It is killed after the test. */
class Child {
  readonly #process: ChildProcess;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #events: ChildEvent[] = [];
  readonly #answers: unknown[] = [];
  readonly #totals = new Map<string, number>();
  /** How many messages were sent: each has one answer. */
  #asked = 0;
  readonly #started: Promise<unknown>;
  #ended: string | undefined;

  /**
   * Starts a program.
   *
   * @param role - What it is.
   * @param start - The options in its first message.
   * @param prefix - A command that runs the program.
   */
  constructor(role: 'agent' | 'node', start: object, prefix: readonly string[] = []) {
    const program = fileURLToPath(new URL('program.mjs', import.meta.url));
    const [file = '', ...line]: readonly string[] = [...prefix, process.execPath, program, role];
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

  total(name: string): number {
    return this.#totals.get(name) ?? 0;
  }

  async change(): Promise<void> {
    await once(this.#changes, 'change');
  }

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

/** Paths in a folder of their own, which does not exist. */
export function newPaths(base = folder()): AgentPaths {
  const home = join(base, 'a');
  return { service: join(home, 'service'), control: join(home, 'c'), sign: join(home, 'sign') };
}

interface AgentStart extends Partial<Pick<AgentOptions, 'bootstrap' | 'limits'>> {
  readonly period: number;
  /** Milliseconds since 1970, instead of the middle of the period. */
  readonly time?: number;
  readonly paths?: AgentPaths;
  readonly prefix?: readonly string[];
}

/** What a leak in an agent would increase. */
export interface AgentState {
  readonly descriptors: number;
  /** Bytes. */
  readonly locked: number;
}

export class AgentProcess extends Child {
  readonly paths: AgentPaths;

  constructor({
    period,
    time = momentIn(period),
    paths = newPaths(),
    prefix,
    ...rest
  }: AgentStart) {
    super('agent', { ...configuration, ...rest, ...paths, time }, prefix);
    this.paths = paths;
  }

  async setPeriod(period: number): Promise<void> {
    await this.ask('clock', momentIn(period));
  }

  async setTime(time: number): Promise<void> {
    await this.ask('clock', time);
  }

  async reload(change: Partial<AgentConfiguration>): Promise<void> {
    await this.ask('reload', { ...configuration, ...this.paths, ...change });
  }

  /** Its state when no client of a socket is connected. */
  async stateWithoutClients(): Promise<AgentState> {
    for (;;) {
      // The events before the answer have arrived with it.
      const state = (await this.ask('state')) as AgentState;
      const ended = this.total('client-left') + this.total('client-closed');
      if (this.total('client-connected') === ended) return state;
      await this.change();
    }
  }
}

export async function startAgent(start: AgentStart): Promise<AgentProcess> {
  return new AgentProcess(start).started();
}

interface NodeSignature {
  readonly signature: Uint8Array;
  readonly evolution: number;
  readonly period: bigint;
  readonly certificate: OperationalCertificate;
}

export class NodeProcess extends Child {
  constructor(path: string, period: number) {
    super('node', { ...configuration, path, time: momentIn(period) });
  }

  async setPeriod(period: number): Promise<void> {
    await this.ask('clock', momentIn(period));
  }

  async isWithoutKey(): Promise<boolean> {
    return (await this.ask('sign', new Uint8Array(1))) === undefined;
  }

  /** It signs, at this evolution with the key of this counter, and everything verifies. */
  async expectSigns(evolution: number, counter = 0): Promise<void> {
    const message = new TextEncoder().encode(`block of evolution ${evolution}`);
    const signed = (await this.ask('sign', message)) as NodeSignature | undefined;
    if (signed === undefined) throw new Error('the node has no key');
    const { certificate, signature } = signed;
    const { hotVerificationKey, sequenceNumber, startPeriod } = certificate;
    expect(signed.evolution).toBe(evolution);
    expect(signed.period).toBe(startPeriod + BigInt(evolution));
    expect(sequenceNumber).toBe(BigInt(counter));
    expect(verifyCertificate(certificate, pool.coldVerificationKey).valid).toBe(true);
    expect(sum6Kes.verify(hotVerificationKey, evolution, message, signature)).toBe(true);
  }
}
