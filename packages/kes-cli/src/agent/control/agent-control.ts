/** The agent that the options name, by its control socket. Each command to it uses a connection of its own. */
import { ControlClient, type RetryOptions } from '@evolock/kes-agent';
import { CommandError } from '../../cli/errors.js';
import type { Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { defaultPathOf } from '../default-path.js';
import { agentError } from '../refusals.js';

/** The options of a control connection. */
export interface ControlFlags {
  readonly control?: string;
  readonly retryDelay?: number;
  readonly retryExponential?: boolean;
  readonly retryAttempts?: number;
}

/** An agent, by its control socket. */
export class AgentControl {
  readonly path: string;
  readonly #client: ControlClient;

  constructor(path: string, retry?: RetryOptions) {
    this.path = path;
    this.#client = new ControlClient(path, { retry });
  }

  /** The agent of the options, the variables of the reference, or its default path. */
  static of({ context: { environment } }: Session, flags: ControlFlags): AgentControl {
    const path =
      flags.control ??
      textIn(environment, 'KES_AGENT_CONTROL_PATH') ??
      defaultPathOf('control', environment);
    const delay = flags.retryDelay ?? numberIn(environment, 'KES_AGENT_CONTROL_RETRY_INTERVAL');
    const attempts =
      flags.retryAttempts ?? numberIn(environment, 'KES_AGENT_CONTROL_RETRY_ATTEMPTS') ?? 0;
    return new AgentControl(path, {
      attempts,
      delay,
      exponential: flags.retryExponential ?? false,
    });
  }

  /** Sends a command. An error is one for the user, and names the socket. */
  async ask<Answer>(command: (client: ControlClient) => Promise<Answer>): Promise<Answer> {
    try {
      return await command(this.#client);
    } catch (error) {
      throw agentError(this.path, error, 'control');
    }
  }
}

type Environment = Session['context']['environment'];

function textIn(environment: Environment, variable: string): string | undefined {
  const value = environment[variable] ?? '';
  return value === '' ? undefined : value;
}

function numberIn(environment: Environment, variable: string): number | undefined {
  const text = textIn(environment, variable);
  if (text === undefined) return undefined;
  const number = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new CommandError('usage', `${variable}: ${printable(text)}: it must be a whole number`);
}
