/** The agent that the options name, by its sockets, and its refusals in words. Each command to it uses a connection of its own. */
import type { AbsolutePeriod } from '@evolock/cardano-headers';
import {
  AgentRefusalError,
  ControlClient,
  defaultSocketPath,
  AgentProtocolError,
  type AgentSignature,
  type Result,
  type RetryOptions,
  SignClient,
  type SignRefusal,
  SignRefusedError,
  SocketError,
} from '@evolock/kes-agent';
import { EvolockError } from '@evolock/kes-sum';
import type { Terms } from '@evolock/command-line/command';
import { CommandError, type Failure, usage } from '@evolock/command-line/errors';
import { wholeNumber } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';

export interface ControlFlags {
  readonly control?: string;
  readonly retryDelay?: number;
  readonly retryExponential?: boolean;
  readonly retryAttempts?: number;
}

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
      // The option and the variable are in milliseconds, as those of the reference.
      delay: delay === undefined ? undefined : delay / 1000,
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

/**
 * Lets the agent at a sign socket sign a message, if it is this KES period; at any one when absent. The client verifies the
 * signature.
 */
export async function askAgent(
  path: string,
  message: Uint8Array,
  period?: AbsolutePeriod,
): Promise<AgentSignature> {
  try {
    await using client = await SignClient.connect(path);
    return await client.sign(message, { period });
  } catch (error) {
    throw agentError(path, error, 'sign');
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
  throw usage(`${variable}: ${printable(text)}: it must be a whole number`);
}

/** The default of the agent and of its clients. */
export function defaultPathOf(
  protocol: 'service' | 'control',
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const path = defaultSocketPath(protocol, environment);
  if (path !== undefined) return path;
  throw usage(
    `give the ${protocol} socket of the agent: --${protocol} <path>. It has no default, because XDG_RUNTIME_DIR is not set to a folder of this user`,
  );
}

/** The refusals that are about the certificate, and about the message. The others are about the agent. */
const OF_CERTIFICATE: readonly Result[] = ['outdated', 'invalid-certificate', 'no-key'];
const OF_MESSAGE: readonly SignRefusal[] = ['wrong-period', 'block-header', 'too-long'];

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket: no agent listens there',
  ECONNREFUSED: 'no agent listens there',
  ENOTSOCK: 'it is not a socket',
};

/** Who may connect. The control socket is for no group. */
const NO_PERMISSION = {
  control: 'no permission: run as the user of the agent',
  sign: 'no permission: run as the user of the agent, or as a member of its --sign-group or --socket-group',
};

export function isRefusal(error: unknown): error is CommandError {
  return error instanceof CommandError && error.cause instanceof AgentRefusalError;
}

/** Names the socket of the agent in an error of its client. */
export function agentError(
  path: string,
  cause: unknown,
  socket: keyof typeof NO_PERMISSION,
): unknown {
  if (!(cause instanceof EvolockError)) return cause;
  if (cause instanceof AgentRefusalError)
    return named(path, cause, OF_CERTIFICATE.includes(cause.result) ? 'invalid' : 'environment');
  if (cause instanceof SignRefusedError)
    return named(path, cause, OF_MESSAGE.includes(cause.reason) ? 'usage' : 'environment');
  const { code, message } = cause;
  // It names the socket.
  if (cause instanceof SocketError)
    return new CommandError('environment', printable(message), { code, cause });
  const { systemCode = '' } = cause as { readonly systemCode?: string };
  const isOther = cause instanceof AgentProtocolError && cause.problem === 'no-common-version';
  const words = isOther
    ? 'it has no protocol of this command: give the socket of the agent that the option names'
    : systemCode === 'EACCES'
      ? NO_PERMISSION[socket]
      : (SYSTEM[systemCode] ?? `the connection to the agent failed: ${message}`);
  return named(path, cause, 'environment', words);
}

function named(
  path: string,
  cause: EvolockError,
  failure: Failure,
  words = cause.message,
): CommandError {
  const { code } = cause;
  return new CommandError(failure, `${printable(path)}: ${words}`, { code, cause });
}

export const CONTROL: Terms = {
  text: `
    -c, --control <path>      the control socket of the agent
    --retry-delay <ms>        wait before the next attempt to connect
    --retry-exponential       double the wait after each attempt
    --retry-attempts <count>  attempts after the first one (none)`,
  values: { retryAttempts: wholeNumber },
  aliases: { '--control-address <path>': 'control' },
};
