/** What an agent refuses, and why no connection to it can be used, in words for the user. */
import {
  AgentRefusalError,
  ProtocolError,
  SignRefusedError,
  SocketError,
  type Result,
  type SignRefusal,
} from '@evolock/kes-agent';
import { EvolockError } from '@evolock/kes-sum';
import { CommandError, type Failure } from '../cli/errors.js';
import { printable } from '../cli/text.js';

type Words = readonly [failure: Failure, words: string];

const REFUSALS: Readonly<Record<Exclude<Result, 'ok'>, Words>> = {
  outdated: ['invalid', 'it has a newer key, or a newer drop'],
  'invalid-certificate': [
    'invalid',
    'the certificate is not valid for it: it has another cold key, or counts another KES period (its log says which)',
  ],
  'no-key': ['invalid', 'it has no such key'],
  unsupported: ['environment', 'its version does not know this command'],
  unknown: ['environment', 'its log says why'],
};

const SIGN_REFUSALS: Readonly<Record<SignRefusal, Words>> = {
  'no-key': ['environment', 'it has no installed key'],
  'wrong-period': ['usage', 'it signs only at the current KES period'],
  'block-header': [
    'usage',
    'the message may be the body of a block header, whose signature would make a block, and the agent was not started with --sign-block-headers',
  ],
  'too-long': ['usage', 'the message is longer than its --message-size'],
  'too-many': ['environment', 'too many signatures a second: try again'],
  clock: ['environment', 'its clock shows no KES period at which its key can sign'],
  malformed: ['environment', 'it does not understand the request'],
};

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

/** Whether an agent refused a command. */
export function isRefusal(error: unknown): error is CommandError {
  return error instanceof CommandError && error.cause instanceof AgentRefusalError;
}

/** Names the socket of the agent in an error of its client. */
export function agentError(
  path: string,
  cause: unknown,
  socket: keyof typeof NO_PERMISSION,
): unknown {
  if (cause instanceof AgentRefusalError) return refused(path, cause, REFUSALS[cause.result]);
  if (cause instanceof SignRefusedError) {
    const [failure, words] = SIGN_REFUSALS[cause.reason];
    const now = cause.period === undefined ? '' : ` (its KES period is ${cause.period})`;
    return refused(path, cause, [failure, `${words}${now}`]);
  }
  if (!(cause instanceof EvolockError)) return cause;
  const { systemCode = '' } = cause as { readonly systemCode?: string };
  const isOther = cause instanceof ProtocolError && cause.problem === 'no-common-version';
  const { code, message } = cause;
  // It names the socket.
  if (cause instanceof SocketError)
    return new CommandError('environment', printable(message), { code, cause });
  const words = isOther
    ? 'it has no protocol of this command: give the socket of the agent that the option names'
    : systemCode === 'EACCES'
      ? NO_PERMISSION[socket]
      : (SYSTEM[systemCode] ?? `the connection to the agent failed: ${message}`);
  return new CommandError('environment', `${printable(path)}: ${words}`, { code, cause });
}

function refused(path: string, cause: EvolockError, [failure, words]: Words): CommandError {
  const { code } = cause;
  return new CommandError(failure, `${printable(path)}: the agent refuses: ${words}`, {
    code,
    cause,
  });
}
