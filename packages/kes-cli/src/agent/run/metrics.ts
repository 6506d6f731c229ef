/** The metrics of a running agent, in a file for the textfile collector of node_exporter. */
import { absolutePeriod, evolutionOf, expiryOf, poolIdOf } from '@evolock/cardano-headers';
import type { Agent, AgentConfiguration, AgentEvent } from '@evolock/kes-agent';
import { metricLines, type Sample } from '@evolock/command-line/files/metrics';
import type { Session } from '@evolock/command-line/session';
import { onChainOf, type OnChain } from '../../certificates/on-chain.js';
import { complaintOf } from '../../errors.js';
import { DAY, momentNow } from '../../network/clock.js';
import { checkMetricsFile, writeMetrics } from '../../status/metrics.js';

/** Milliseconds between two writes, when nothing happens. */
const INTERVAL = 10_000;

/** The events that are refusals, by the kind that the metrics state. */
const REFUSALS: Readonly<Record<string, string>> = {
  'key-refused': 'certificate',
  'peer-key-faulty': 'certificate',
  'sign-refused': 'signature',
  'client-closed': 'client',
  'too-many-clients': 'client',
  'unknown-command': 'client',
};

/** The events after which the file is written at once. No client of the service or sign socket causes one. */
const AT_ONCE =
  /^(?:key-(?:installed|dropped|expired|evolved|refused)|staged-key|key-staged|peer-(?:connected|lost)|reloaded)/;

type PoolOfAgent = Pick<AgentConfiguration, 'coldVerificationKey' | 'parameters'>;

interface MetricsOptions {
  readonly prometheus: string;
  /** The file of `cardano-cli query protocol-state`, which another program writes again and again. */
  readonly onChain: string | undefined;
  readonly configuration: { readonly reloaded: PoolOfAgent };
  readonly note: (event: AgentEvent) => void;
}

/** Counts what happens, and writes it down with how the agent is. */
export class AgentMetrics {
  readonly #session: Session;
  readonly #options: MetricsOptions;
  readonly #refusals = new Map(Object.values(REFUSALS).map((kind) => [kind, 0]));
  #pool: PoolOfAgent;
  #agent: Agent | undefined;
  #lastEvolution: Date | undefined;
  #onChain: OnChain | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  /** What went wrong last, so that it is logged once. */
  readonly #complaints = new Map<string, string>();

  /** Throws when the file cannot be written, or is another one: the agent does not start then. */
  constructor(session: Session, options: MetricsOptions) {
    checkMetricsFile(options.prometheus);
    this.#session = session;
    this.#options = options;
    this.#pool = options.configuration.reloaded;
  }

  configure(pool: PoolOfAgent): void {
    this.#pool = pool;
  }

  readonly observe = ({ event }: AgentEvent): void => {
    const kind = REFUSALS[event];
    if (kind !== undefined) this.#refusals.set(kind, (this.#refusals.get(kind) ?? 0) + 1);
    if (event === 'key-evolved') this.#lastEvolution = this.#session.context.now();
    // In a turn of its own: the agent is in the middle of what it tells.
    if (AT_ONCE.test(event)) this.#soon ??= setImmediate(() => this.#write());
  };

  /** Writes the metrics of an agent from now on. */
  async follow(agent: Agent): Promise<void> {
    this.#agent = agent;
    await this.#look();
    this.#timer = setInterval(() => void this.#look(), INTERVAL);
  }

  /** Writes that the agent is down. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#agent === undefined) return;
    this.#agent = undefined;
    this.#write();
  }

  async #look(): Promise<void> {
    const { onChain } = this.#options;
    const { coldVerificationKey, parameters } = this.#pool;
    try {
      const moment = momentNow(parameters, this.#session.context.now());
      const subject = { certificates: [], coldVerificationKey, at: { parameters, moment } };
      this.#onChain = await onChainOf(this.#session, { onChain }, subject);
      this.#complaints.delete('on-chain');
    } catch (error) {
      this.#onChain = undefined;
      this.#complain('on-chain', error);
    }
    this.#write();
  }

  #write(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    try {
      writeMetrics(this.#options.prometheus, this.#lines());
      this.#complaints.delete('metrics');
    } catch (error) {
      this.#complain('metrics', error);
    }
  }

  /** Logs a reason once, until it is another one. */
  #complain(what: string, error: unknown): void {
    const { message, code } = complaintOf(error);
    if (this.#complaints.get(what) === message) return;
    this.#complaints.set(what, message);
    const words = `the metrics are not complete: ${message}`;
    this.#options.note({ level: 'warn', event: `${what}-not-known`, words, facts: { code } });
  }

  #lines(): string[] {
    const gauge = (name: string, help: string, ...samples: readonly Sample[]) =>
      metricLines(`kes_agent_${name}`, { help, samples });
    const { context } = this.#session;
    const refusals = [...this.#refusals].map(([kind, value]) => ({ value, labels: { kind } }));
    return [
      ...gauge('up', 'Whether the agent runs: 1 or 0.', {
        value: Number(this.#agent !== undefined),
      }),
      ...gauge('written_timestamp_seconds', 'When this file was written, in seconds since 1970.', {
        value: secondsOf(context.now()),
      }),
      ...this.#ofKey(gauge),
      ...gauge(
        'last_evolution_timestamp_seconds',
        'When the key evolved last, in seconds since 1970.',
        {
          value: secondsOf(this.#lastEvolution),
        },
      ),
      ...gauge(
        'refusals_total',
        'Certificates, signatures and clients that were refused since the start.',
        ...refusals,
      ),
      ...this.#ofChain(gauge),
    ];
  }

  #ofKey(gauge: Gauge): string[] {
    const { coldVerificationKey, parameters } = this.#pool;
    const status = this.#agent?.status;
    const info = { network: parameters.name, pool: poolIdOf(coldVerificationKey) };
    if (status === undefined) return [];
    const { installed, period, clients, peers, staged } = status;
    const start = installed && absolutePeriod(installed.startPeriod);
    const now = this.#session.context.now().getTime();
    const expiry = start === undefined ? undefined : expiryOf(parameters, start).date;
    const life =
      start === undefined ? undefined : evolutionOf(parameters, start, absolutePeriod(period));
    return [
      ...gauge('info', 'Program, network and pool. The value is always 1.', {
        value: 1,
        labels: { program: status.program ?? '', ...info },
      }),
      ...gauge('kes_period', 'The current KES period, by the clock of the agent.', {
        value: period,
      }),
      ...gauge('key_installed', 'Whether a key is installed: 1 or 0.', {
        value: Number(installed !== undefined),
      }),
      ...gauge('key_staged', 'Whether a key is staged: 1 or 0.', {
        value: Number(staged !== undefined),
      }),
      ...gauge('evolution', 'The evolution of the installed key.', { value: installed?.evolution }),
      ...gauge('sequence_number', 'The number of the certificate of the installed key.', {
        value: installed?.counter,
      }),
      ...gauge(
        'remaining_kes_periods',
        'KES periods after the current one at which that certificate is valid.',
        {
          value: life?.state === 'valid' ? life.remainingPeriods : undefined,
        },
      ),
      ...gauge('remaining_days', 'Days to the end of that certificate.', {
        value: expiry && Number(((expiry.getTime() - now) / DAY).toFixed(3)),
      }),
      ...gauge('expiry_timestamp_seconds', 'End of that certificate, in seconds since 1970.', {
        value: secondsOf(expiry),
      }),
      ...gauge(
        'clients',
        'Connections to a socket of the agent.',
        ...Object.entries(clients).map(([socket, value]) => ({ value, labels: { socket } })),
      ),
      ...gauge(
        'peer_up',
        'Whether the agent is connected to a peer: 1 or 0.',
        ...peers.map(({ address, status: state }) => ({
          value: Number(state === 'up'),
          labels: { peer: address },
        })),
      ),
    ];
  }

  /** What the node said, when it was asked. */
  #ofChain(gauge: Gauge): string[] {
    const { last, date } = this.#onChain ?? {};
    return [
      ...gauge(
        'on_chain_sequence_number',
        'The number of the last certificate of the pool on chain.',
        {
          value: last === 'none' ? undefined : last,
        },
      ),
      ...gauge('on_chain_timestamp_seconds', 'The moment of that number, in seconds since 1970.', {
        value: secondsOf(date),
      }),
    ];
  }
}

type Gauge = (name: string, help: string, ...samples: readonly Sample[]) => string[];

function secondsOf(date: Date | undefined): number | undefined {
  return date && Math.floor(date.getTime() / 1_000);
}
