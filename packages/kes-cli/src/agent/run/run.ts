/** The agent as a program: from its configuration to the signal that ends it. */
import { EventEmitter, on } from 'node:events';
import { Agent, type AgentEvent } from '@evolock/kes-agent';
import { preflight, sum6Kes } from '@evolock/kes-sum';
import { complaintOf } from '../../errors.js';
import type { Session, Signals } from '@evolock/command-line/session';
import { checkCoreDumps } from '../../machine.js';
import { networkInWords } from '../../network/network.js';
import { type Configuration, readConfiguration, type RunFlags, type Settings } from './settings.js';
import { Log } from './log.js';
import { AgentMetrics } from './metrics.js';

/**
 * Keys that an agent has at once: the staged one, the current one and its snapshot, and one that arrives while another is
 * generated.
 */
const KEYS_AT_ONCE = 5;

const INSPECTOR_REFUSED =
  'SIGUSR1 does nothing here: the inspector of Node.js stays closed. SIGHUP reads the configuration again';

export async function runAgent(session: Session, flags: RunFlags): Promise<void> {
  session.refuseInspector();
  const configuration = await readConfiguration(session, flags);
  const { coreLimit } = preflight(sum6Kes, { count: KEYS_AT_ONCE });
  const log = await Log.open(session.context, configuration.settings);
  try {
    warnAboutCoreDumps(log, coreLimit);
    await serve({ session, flags, configuration, log });
  } finally {
    await log.close();
  }
}

interface Run {
  readonly session: Session;
  readonly flags: RunFlags;
  readonly configuration: Configuration;
  readonly log: Log;
}

async function serve(run: Run): Promise<void> {
  const { session, configuration, log } = run;
  // After the agent it writes that none runs.
  using metrics = metricsOf(run);
  using requests = requestsOf(session.context.signals);
  await using agent = await Agent.start({
    ...configuration.reloaded,
    ...configuration.fixed,
    now: () => session.context.now(),
    monotonic: session.context.monotonic,
    log: (event) => {
      log.write(event);
      metrics?.observe(event);
    },
  });
  // Again: a signal that came before the first line of JavaScript may open it late.
  session.refuseInspector();
  await metrics?.follow(agent);
  log.write(ready(configuration));
  for await (const [request] of requests.arriving) {
    if (request === 'stop') break;
    if (request === 'reload') await reload(run, agent, metrics);
    else log.write(event('warn', 'inspector-refused', INSPECTOR_REFUSED));
  }
  log.write(event('notice', 'stopping', 'a signal ends the agent'));
}

function metricsOf({ session, configuration, log }: Run): AgentMetrics | undefined {
  const { prometheus, onChain } = configuration.settings;
  if (prometheus === undefined) return undefined;
  return new AgentMetrics(session, { prometheus, onChain, configuration, note: log.write });
}

/** Reads the configuration again. One that cannot be read changes nothing. */
async function reload(
  { session, flags, configuration, log }: Run,
  agent: Agent,
  metrics: AgentMetrics | undefined,
): Promise<void> {
  try {
    const next = await readConfiguration(session, flags);
    await agent.reload(next.reloaded);
    log.configure(next.settings);
    metrics?.configure(next.reloaded);
    const fixed = fixedChanges(configuration, next);
    if (fixed.length > 0) {
      const words = `not changed before a restart: ${fixed.join(', ')}`;
      log.write(event('warn', 'needs-restart', words));
    }
  } catch (error) {
    const { message, code } = complaintOf(error);
    const words = `the configuration was not read again, and nothing changed: ${message}`;
    log.write(event('error', 'reload-failed', words, { code }));
  }
}

const RELOADED: readonly (keyof Settings)[] = [
  'coldVkey',
  'network',
  'genesis',
  'withoutByron',
  'bootstrap',
  'service',
  'control',
  'sign',
  'logLevel',
  'logFormat',
];

function fixedChanges({ settings: before }: Configuration, { settings: after }: Configuration) {
  // Object.keys returns text. The keys are those of Settings.
  const names = Object.keys({ ...before, ...after }) as (keyof Settings)[];
  return names
    .filter((name) => !RELOADED.includes(name) && before[name] !== after[name])
    .map((name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
}

function warnAboutCoreDumps(log: Log, coreLimit: number | undefined): void {
  const { state, found, fix } = checkCoreDumps(coreLimit);
  if (state !== 'bad' && state !== 'weak') return;
  log.write(event('warn', 'core-dumps', `core dumps are ${found}; to do: ${fix ?? 'nothing'}`));
}

function ready({ reloaded: { parameters } }: Configuration): AgentEvent {
  const words = `the agent is ready, for ${networkInWords(parameters)}`;
  return event('notice', 'ready', words, { network: parameters.name, pid: process.pid });
}

function event(
  level: AgentEvent['level'],
  name: string,
  words: string,
  facts: AgentEvent['facts'] = {},
): AgentEvent {
  return { level, event: name, words, facts };
}

const REQUESTS = { SIGTERM: 'stop', SIGINT: 'stop', SIGHUP: 'reload', SIGUSR1: 'inspect' } as const;

/** The requests of one run, from now on: a signal does not end the process any more. They wait until they are read. */
function requestsOf(signals: Signals) {
  const arrived = new EventEmitter();
  const listeners = Object.entries(REQUESTS).map(
    ([signal, request]) =>
      [signal as NodeJS.Signals, () => void arrived.emit('request', request)] as const,
  );
  for (const [signal, listener] of listeners) signals.on(signal, listener);
  return {
    arriving: on(arrived, 'request') as AsyncIterable<[(typeof REQUESTS)[keyof typeof REQUESTS]]>,
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) signals.off(signal, listener);
    },
  };
}
