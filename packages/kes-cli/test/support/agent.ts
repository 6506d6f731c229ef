/** `kes agent run` in the process of the test, and what an agent needs: a cold key, certificates, a moment. */
import { EventEmitter, once } from 'node:events';
import { periodOfSlot, preview, slotOfDate } from '@evolock/cardano-headers';
import { expect, onTestFinished } from 'vitest';
import { makeColdKey } from './files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, type Ended } from './kes.js';

/** The clock of the agents and of the commands to them. */
export const NOW = new Date('2026-03-01T12:00:00Z');

/** The KES period of preview at that moment. */
export const PERIOD = Number(periodOfSlot(preview, slotOfDate(preview, NOW)));

export interface RunningAgent {
  readonly control: string;
  readonly service: string;
  readonly sign: string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves with the first log line that contains a text, from the beginning of the run. */
  readonly logged: (text: string) => Promise<string>;
  readonly ended: Promise<Ended>;
}

export interface AgentRunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
}

/** The options of an agent of preview, with all sockets and the cold key in the folder of the test. */
export function agentOptions(): string[] {
  return [
    ...['--service', inFolder('agent', 'service.socket')],
    ...['--control', inFolder('agent', 'control.socket')],
    ...['--sign', inFolder('agent', 'sign.socket')],
    ...['--cold-vkey', inFolder('cold.vkey'), '--network', 'preview'],
  ];
}

/** Starts an agent with these arguments, and waits until it listens. The end of the test stops it. */
export async function startAgent(
  args: readonly string[] = agentOptions(),
  { environment = {}, now = () => NOW }: AgentRunOptions = {},
): Promise<RunningAgent> {
  const signals = new EventEmitter();
  const arrived = new EventEmitter().setMaxListeners(0);
  let text = '';
  let failure: string | undefined;
  const ended = kes(['agent', 'run', ...args], {
    signals,
    environment,
    clock: now,
    onOutput: (part) => {
      text += part;
      arrived.emit('more');
    },
  });
  void ended.then(({ stderr }) => {
    failure = stderr;
    arrived.emit('more');
  });
  const logged = async (words: string): Promise<string> => {
    for (;;) {
      const found = text.split('\n').find((line) => line.includes(words));
      if (found !== undefined) return found;
      if (failure !== undefined) throw new Error(`no line of the log has ${words}: ${failure}`);
      await once(arrived, 'more');
    }
  };
  onTestFinished(async () => {
    signals.emit('SIGTERM');
    await ended;
  });
  await logged('the agent is ready');
  return {
    service: inFolder('agent', 'service.socket'),
    control: inFolder('agent', 'control.socket'),
    sign: inFolder('agent', 'sign.socket'),
    signal: (name) => void signals.emit(name),
    logged,
    ended,
  };
}

export function makePool(): void {
  makeColdKey(inFolder());
}

export function command(...args: readonly string[]): Promise<Ended> {
  return kes(args, { now: NOW });
}

export async function succeeds(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Issues a certificate for a verification key file, from a KES period on. */
export async function issue(vkey: string, out: string, startPeriod = PERIOD): Promise<void> {
  await succeeds(
    ...['opcert', 'issue', '--kes-vkey', vkey, '--out', out],
    ...['--cold-skey', inFolder('cold.skey'), '--counter', inFolder('cold.counter')],
    ...['--unchecked', '--start-period', String(startPeriod)],
  );
}

/** Stages a key, issues its certificate, and installs it. Returns the path of the certificate. */
export async function installNewKey(
  agent: Pick<RunningAgent, 'control'>,
  name = 'kes',
): Promise<string> {
  const vkey = inFolder(`${name}.vkey`);
  const cert = inFolder(`${name}.cert`);
  await succeeds('agent', 'gen-staged-key', '--control', agent.control, '--out', vkey);
  await issue(vkey, cert);
  const network = ['--network', 'preview'];
  await succeeds('agent', 'install-key', '--control', agent.control, '--cert', cert, ...network);
  return cert;
}
