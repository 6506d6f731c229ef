/** Signatures by an agent. */
import { absolutePeriod } from '@evolock/cardano-kes';
import { SignClient } from '@evolock/kes-agent';
import { certificateJson } from '../certificates/certificate.js';
import type { Signed } from '../keys/signed.js';
import { agentError } from './errors.js';

/** What an agent signs. */
export interface AgentSigning {
  readonly message: Uint8Array;
  /** The absolute KES period that it must be; any when absent. */
  readonly period: bigint | undefined;
}

/** Lets an agent sign a message. The client verifies the signature. */
export async function signWithAgent(
  path: string,
  { message, period: wanted }: AgentSigning,
): Promise<Signed> {
  try {
    await using client = await SignClient.connect(path);
    const options = wanted === undefined ? {} : { period: absolutePeriod(wanted) };
    const { signature, period, evolution, certificate, coldVerificationKey } = await client.sign(
      message,
      options,
    );
    const json = certificateJson({ certificate, coldVerificationKey });
    return {
      period: evolution,
      signature,
      verificationKey: certificate.hotVerificationKey,
      facts: { kesPeriod: String(period), certificate: json },
      warnings: [],
    };
  } catch (error) {
    throw agentError(path, error);
  }
}
