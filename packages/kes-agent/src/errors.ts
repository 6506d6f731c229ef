/**
 * The errors of this package. Each has a stable `code`. No message contains a secret.
 */
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
export class ProtocolError extends EvolockError {
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
