/** Signatures by an agent. */
import { absolutePeriod } from '@evolock/cardano-kes';
import { SignClient, type AgentSignature } from '@evolock/kes-agent';
import { certificateJson } from '../certificates/certificate.js';
import type { JsonMembers } from '../cli/answer.js';
import { agentError } from './control/agent-control.js';

interface AgentSigning {
  readonly message: Uint8Array;
  /** The absolute KES period that it must be; any when absent. */
  readonly period: bigint | undefined;
}

/** Lets an agent sign a message. The client verifies the signature. */
export async function askAgent(
  path: string,
  { message, period }: AgentSigning,
): Promise<AgentSignature> {
  try {
    await using client = await SignClient.connect(path);
    return await client.sign(
      message,
      period === undefined ? {} : { period: absolutePeriod(period) },
    );
  } catch (error) {
    throw agentError(path, error, 'sign');
  }
}

/** A signature by a key file or by an agent. */
export interface Signed {
  /** The period of the key. */
  readonly period: number;
  readonly signature: Uint8Array;
  readonly verificationKey: Uint8Array;
  readonly facts: JsonMembers;
  readonly warnings: readonly string[];
}

/** The signature of an agent for `kes sign`. */
export async function signWithAgent(path: string, wanted: AgentSigning): Promise<Signed> {
  const { signature, period, evolution, ...issued } = await askAgent(path, wanted);
  return {
    period: evolution,
    signature,
    verificationKey: issued.certificate.hotVerificationKey,
    facts: { kesPeriod: String(period), certificate: certificateJson(issued) },
    warnings: [],
  };
}
