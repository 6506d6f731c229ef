/** The errors of this package. Each has a stable `code`. No message contains a secret. */
import { EvolockError } from '@evolock/direct-serialise';

const protocolProblems = {
  'no-common-version': 'the peer speaks no version of the protocol that this side speaks',
  'wrong-identifier': 'the peer sent another version identifier than the chosen one',
  'wrong-value': 'the peer sent a value that the protocol does not have',
  'too-long': 'the peer stated a length above the limit',
  'surplus-bytes': 'the peer sent bytes where the protocol has none',
} as const;

/** What is wrong with the bytes of a peer. */
export type ProtocolProblem = keyof typeof protocolProblems;

/** The bytes of a peer do not follow the protocol. The connection is closed. */
export class AgentProtocolError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_AGENT_PROTOCOL';
  readonly problem: ProtocolProblem;
  /** What was expected or found: public facts only. */
  readonly detail: string | undefined;

  constructor(problem: ProtocolProblem, detail?: string, options?: ErrorOptions) {
    super(
      detail === undefined ? protocolProblems[problem] : `${protocolProblems[problem]}: ${detail}`,
      options,
    );
    this.problem = problem;
    this.detail = detail;
  }
}

/**
 * The agent ended the connection, or the connection broke: the agent stopped, restarted, or gave the place of an idle client
 * to another one. The `cause` has the error of the connection.
 */
export class AgentGoneError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_AGENT_GONE';

  constructor(cause?: unknown) {
    super(
      'the agent went away: it stopped, restarted, or closed the connection',
      cause === undefined ? undefined : { cause },
    );
  }
}

/**
 * A key that an agent sent begins at a later period than the clock of this machine shows. The client wiped it, and connects
 * again to receive it later.
 */
export class EarlyKeyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_AGENT_EARLY_KEY';

  constructor() {
    super('the key begins at a later period than the clock shows: the clocks may differ');
  }
}

const agentRefusals = {
  outdated: 'it has a newer key, or a newer drop',
  'invalid-certificate':
    'the certificate is not valid for it: it has another cold key, or counts another KES period (its log says which)',
  'no-key': 'it has no such key',
  unsupported: 'its version does not know this command',
  unknown: 'its log says why',
} as const;

/** What became of a message of the service protocol, or of a command to an agent. */
export type Result = 'ok' | keyof typeof agentRefusals;

/** An agent refused a command. */
export class AgentRefusalError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_AGENT_REFUSED';
  readonly result: Exclude<Result, 'ok'>;

  constructor(result: Exclude<Result, 'ok'>) {
    super(`the agent refuses: ${agentRefusals[result]}`);
    this.result = result;
  }
}

const signRefusals = {
  'no-key': 'it has no installed key',
  'wrong-period': 'it signs only at the current KES period',
  'block-header':
    'the message may be the body of a block header, whose signature would make a block, and the agent was started without --sign-block-headers',
  'too-long': 'the message is longer than it signs',
  'too-many': 'too many signatures a second: try again',
  clock: 'its clock shows no KES period at which its key can sign',
  malformed: 'it does not understand the request',
} as const;

/** Why the agent does not sign. `clock`: its clock shows no period, or one that the key has left. */
export type SignRefusal = keyof typeof signRefusals;

/** An agent did not sign a message. */
export class SignRefusedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_AGENT_SIGN_REFUSED';
  readonly reason: SignRefusal;
  /** The absolute KES period of the agent; `undefined` when it knows none. */
  readonly period: bigint | undefined;

  constructor(reason: SignRefusal, period: bigint | undefined) {
    const now = period === undefined ? '' : ` (its KES period is ${String(period)})`;
    super(`the agent refuses: ${signRefusals[reason]}${now}`);
    this.reason = reason;
    this.period = period;
  }
}

const answerFaults = {
  'other-pool': 'its cold verification key is not the expected one',
  'wrong-certificate': 'the cold key did not sign the certificate',
  'wrong-evolution': 'evolution, period and start period do not agree',
  'wrong-period': 'its period is not the requested one',
  'wrong-signature': 'the signature is not valid',
} as const;

/** What is wrong with the answer of an agent that signed. */
export type AnswerFault = keyof typeof answerFaults;

/** An agent answered with a signature that does not verify. */
export class WrongAnswerError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_AGENT_WRONG_ANSWER';
  readonly fault: AnswerFault;

  constructor(fault: AnswerFault) {
    super(`the answer of the agent does not verify: ${answerFaults[fault]}`);
    this.fault = fault;
  }
}

const socketReasons = {
  windows:
    'Windows has no sockets whose mode keeps other users out: run the agent on Linux or macOS',
  'other-runtime': 'sockets cannot be used from locked memory here: run the agent in Node.js',
  'path-too-long': 'the system permits a shorter path only: choose another folder or name',
  'no-folder': 'the folder of its folder does not exist: create it',
  'not-a-folder': 'what should be its folder is no folder',
  'folder-open':
    'its folder gives the group or others access: chmod 700 the folder, or choose a folder that does not exist',
  exchangeable:
    'another user can exchange the socket or a folder above it: choose a path whose folders belong to this user or root, and in which others cannot write',
  'folder-group':
    'its folder is not set up for the group: chgrp it to the group and then chmod 2750 it, or choose a folder that does not exist',
  'no-group': 'there is no such group in /etc/group: give the number of the group',
  running: 'another agent listens there: stop it, or choose another path',
  'running-elsewhere':
    'its lock is held by a program that cannot be checked from here, on another machine or in another container. If that has ended, remove the lock file',
  'in-use': 'another program listens there: stop it, or choose another path',
  'not-a-socket':
    'there is something other than a socket, which is not removed: choose another path',
  'wrong-mode':
    'the system gave the new socket another mode or group than requested, as an access control list of the folder does: choose another folder',
  system: 'the system refused',
} as const;

/** Why a path cannot be used for a socket. */
export type SocketErrorReason = keyof typeof socketReasons;

/** An agent cannot listen at a path; or, with the reason `exchangeable` or `path-too-long`, a client does not connect to it. */
export class SocketError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_AGENT_SOCKET';
  readonly reason: SocketErrorReason;
  override readonly path: string;

  constructor(
    reason: SocketErrorReason,
    path: string,
    { detail, cause }: { readonly detail?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(
      `${path}: ${socketReasons[reason]}${detail === undefined ? '' : ` (${detail})`}`,
      cause === undefined ? undefined : { cause },
    );
    this.reason = reason;
    this.path = path;
  }
}
