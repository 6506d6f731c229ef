/** Agents and nodes in the process of a test, an agent in a process of its own, and the events of each. */
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  Agent,
  receiveKeys,
  type AgentConfiguration,
  type AgentEvent,
  type AgentOptions,
  type AgentSignature,
} from '../../src/index.js';
import { expectSigned, type AgentPaths } from './clients.js';
import { configuration, momentIn, TestClock } from './pool.js';
import { folder } from './sockets.js';

type Told = Pick<AgentEvent, 'event'> & { readonly facts: Readonly<Record<string, unknown>> };

/** Events that a test waits for. */
export class Events<Event extends Told = Told> {
  readonly all: Event[] = [];
  readonly #returned = new Set<Event>();
  readonly #arrived = new EventEmitter().setMaxListeners(0);
  #failure: Error | undefined;

  readonly add = (event: Event): void => {
    this.all.push(event);
    this.#arrived.emit('event');
  };

  /** No more events come: who waits gets this error. */
  fail(error: Error): void {
    this.#failure = error;
    this.#arrived.emit('event');
  }

  named(...names: readonly string[]): readonly Event[] {
    return this.all.filter(({ event }) => names.includes(event));
  }

  /** Waits for an event that no call has returned, and whose facts contain these. Earlier events of other names stay. */
  async next(name: string, facts: Told['facts'] = {}): Promise<Event> {
    for (;;) {
      const found = this.named(name).find(
        (each) =>
          !this.#returned.has(each) &&
          Object.entries(facts).every(([key, value]) => each.facts[key] === value),
      );
      if (found !== undefined) {
        this.#returned.add(found);
        return found;
      }
      if (this.#failure !== undefined) throw this.#failure;
      await once(this.#arrived, 'event');
    }
  }
}

/** Paths in a folder of their own, which does not exist. */
export function newPaths(base = folder()): AgentPaths {
  const home = join(base, 'a');
  return { service: join(home, 'service'), control: join(home, 'c'), sign: join(home, 'sign') };
}

interface AgentStart extends Partial<AgentOptions> {
  readonly period?: number;
  readonly clock?: TestClock;
  readonly paths?: AgentPaths;
}

/** An agent in this process. */
export async function startAgent({
  period = 3,
  clock = new TestClock(period),
  paths = newPaths(),
  ...options
}: AgentStart = {}) {
  const events = new Events<AgentEvent>();
  const given = { ...configuration, ...paths, ...options };
  const agent = await Agent.start({ ...clock.options, log: events.add, ...given });
  onTestFinished(() => agent.close());
  const reload = ({
    coldVerificationKey = given.coldVerificationKey,
    parameters = given.parameters,
    bootstrap = given.bootstrap,
    ...moved
  }: Partial<AgentConfiguration> = {}) =>
    agent.reload({ coldVerificationKey, parameters, bootstrap, ...paths, ...moved });
  return { agent, clock, events, reload, paths, ...paths };
}

export type RunningAgent = Awaited<ReturnType<typeof startAgent>>;

/** A program in the place of a node, in this process. */
export function startNode(path: string, clock: TestClock) {
  const events = new Events();
  const client = receiveKeys(path, { ...configuration, ...clock.options });
  onTestFinished(() => client.close());
  for (const event of ['key', 'refused', 'disconnected'] as const)
    client.on(event, () => events.add({ event, facts: {} }));
  return events;
}

/** A program in a process of its own. It is killed after the test. */
class Child extends Events {
  /** The exit code, or the signal. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  #asked = 0;

  /** Starts it, with the options in its first message. The prefix is a command that runs it. */
  constructor(role: 'agent' | 'node', start: object, prefix: readonly string[] = []) {
    super();
    const program = fileURLToPath(new URL('program.mjs', import.meta.url));
    const [file = '', ...line]: readonly string[] = [...prefix, process.execPath, program, role];
    this.#process = spawn(file, line, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#process.on('message', (told) => this.add(told as Told));
    this.ended = new Promise((resolve) => {
      this.#process.on('exit', (code, signal) => {
        this.fail(new Error(`the program ended with ${String(code ?? signal)}`));
        resolve(String(code ?? signal));
      });
    });
    onTestFinished(() => this.kill());
    // Not every test waits for it.
    this.ask('start', start).catch(() => undefined);
  }

  /** What it answers when it has done so, and everything that it was asked before. */
  async ask(name: string, value?: unknown): Promise<unknown> {
    const number = this.#asked++;
    // A process that has ended is noticed by the wait.
    this.#process.send({ name, value, number }, () => undefined);
    return (await this.next('answer', { number })).facts['answer'];
  }

  async setPeriod(period: number): Promise<void> {
    await this.ask('clock', momentIn(period));
  }

  /** Ends it in order, and returns its exit code. */
  async close(): Promise<string> {
    await this.ask('close');
    return this.ended;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    // A program that a prefix runs ends with its channel.
    if (this.#process.connected) this.#process.disconnect();
    await this.ended;
  }
}

interface ProcessStart extends Partial<Pick<AgentOptions, 'bootstrap' | 'limits'>> {
  readonly period: number;
  /** Milliseconds since 1970, instead of the middle of the period. */
  readonly time?: number;
  readonly paths?: AgentPaths;
  readonly prefix?: readonly string[];
}

export class AgentProcess extends Child {
  readonly paths: AgentPaths;

  constructor({
    period,
    time = momentIn(period),
    paths = newPaths(),
    prefix,
    ...rest
  }: ProcessStart) {
    super('agent', { ...configuration, ...rest, ...paths, time }, prefix);
    this.paths = paths;
  }

  /** Starts one, which listens. */
  static async start(start: ProcessStart): Promise<AgentProcess> {
    const agent = new AgentProcess(start);
    await agent.ask('clock', start.time ?? momentIn(start.period));
    return agent;
  }

  async reload(change: Partial<AgentConfiguration>): Promise<void> {
    await this.ask('reload', { ...configuration, ...this.paths, ...change });
  }
}

export class NodeProcess extends Child {
  constructor(path: string, period: number) {
    super('node', { ...configuration, path, time: momentIn(period) });
  }

  /** A signature, with what is stated about it; `undefined` without a key. */
  sign(message: Uint8Array): Promise<AgentSignature | undefined> {
    return this.ask('sign', message) as Promise<AgentSignature | undefined>;
  }

  /** It signs, at this evolution with the key of this counter, and everything verifies. */
  async expectSigns(evolution: number, counter = 0): Promise<void> {
    await expectSigned(async (message) => (await this.sign(message))!, evolution, counter);
  }
}
