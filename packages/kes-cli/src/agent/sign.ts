/** Signatures by an agent. */
import { absolutePeriod } from '@evolock/cardano-kes';
import { SignClient, type AgentSignature } from '@evolock/kes-agent';
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
