/** Agents and nodes in processes of their own. */
import { join } from 'node:path';
import { verifyCertificate, type OperationalCertificate } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { expect } from 'vitest';
import type { AgentConfiguration, AgentOptions } from '../../../src/index.js';
import { pool } from '../agent-key.js';
import { Child } from './child.js';
import { folder } from '../sockets.js';
import { momentIn, network } from '../pool.js';

/** The pool and the network of all processes. */
const configuration = { coldVerificationKey: pool.coldVerificationKey, parameters: network };

/** Where an agent listens. */
export interface AgentPaths {
  readonly service: string;
  readonly control: string;
  readonly sign: string;
}

/** Paths in a folder of their own, which does not exist. */
export function newPaths(base = folder()): AgentPaths {
  const home = join(base, 'a');
  return { service: join(home, 'service'), control: join(home, 'c'), sign: join(home, 'sign') };
}

/** How an agent starts. */
interface AgentStart extends Partial<Pick<AgentOptions, 'bootstrap' | 'limits'>> {
  readonly period: number;
  /** Milliseconds since 1970, instead of the middle of the period. */
  readonly time?: number;
  readonly paths?: AgentPaths;
  /** A command that runs it. */
  readonly prefix?: readonly string[];
}

/** What a leak in an agent would increase. */
export interface AgentState {
  readonly descriptors: number;
  /** Bytes. */
  readonly locked: number;
}

/** An agent in a process of its own. */
export class AgentProcess extends Child {
  readonly paths: AgentPaths;

  constructor({
    period,
    time = momentIn(period),
    paths = newPaths(),
    prefix,
    ...rest
  }: AgentStart) {
    super('agent-program.mjs', { ...configuration, ...rest, ...paths, time }, prefix);
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

/** Starts an agent, and waits until it listens. */
export async function startAgent(start: AgentStart): Promise<AgentProcess> {
  return new AgentProcess(start).started();
}

/** A signature of a node. */
interface NodeSignature {
  readonly signature: Uint8Array;
  readonly evolution: number;
  readonly period: bigint;
  readonly certificate: OperationalCertificate;
}

/** A service client in a process of its own. */
export class NodeProcess extends Child {
  constructor(path: string, period: number) {
    super('node-program.mjs', { ...configuration, path, time: momentIn(period) });
  }

  async setPeriod(period: number): Promise<void> {
    await this.ask('clock', momentIn(period));
  }

  /** Whether it holds no key. */
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
