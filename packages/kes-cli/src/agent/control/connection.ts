/** The control socket of an agent, from the options and the variables of the reference. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../../cli/errors.js';
import type { Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import type { ControlClient } from '../agent-types.js';
import type { ControlFlags } from './flags.js';

/** An agent, by its control socket. Each command uses a connection of its own. */
export interface ControlConnection {
  readonly path: string;
  readonly client: ControlClient;
}

/** The agent that the options name. */
export async function connectionOf(
  session: Session,
  flags: ControlFlags,
): Promise<ControlConnection> {
  const { environment } = session.context;
  const path = flags.control ?? textIn(environment, 'KES_AGENT_CONTROL_PATH') ?? defaultPath();
  const delay = flags.retryDelay ?? numberIn(environment, 'KES_AGENT_CONTROL_RETRY_INTERVAL');
  const attempts = flags.retryAttempts ?? numberIn(environment, 'KES_AGENT_CONTROL_RETRY_ATTEMPTS');
  const retry = { attempts, delay, exponential: flags.retryExponential ?? false };
  const { ControlClient } = await import('@evolock/kes-agent');
  return { path, client: new ControlClient(path, { retry }) };
}

/** The reference's default. */
function defaultPath(): string {
  return join(tmpdir(), 'kes-agent-control.socket');
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
