/** Signatures by an agent. */
import { certificateJson } from '../certificates/certificate.js';
import { CommandError, type Failure } from '../cli/errors.js';
import type { Signed } from '../keys/signed.js';
import type { SignAnswer, SignRefusal, SignRequest } from './agent-types.js';

const REFUSALS: Readonly<Record<SignRefusal, readonly [Failure, words: string]>> = {
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

/** Lets an agent sign a message. */
export async function signWithAgent(path: string, request: SignRequest): Promise<Signed> {
  const answer = await requestSignature(path, request);
  if (answer.result !== 'signed') throw refusal(answer.result, answer.period);
  const { signature, period, evolution, certificate, coldVerificationKey } = answer;
  return {
    period: evolution,
    signature,
    verificationKey: certificate.hotVerificationKey,
    facts: {
      kesPeriod: String(period),
      certificate: certificateJson({ certificate, coldVerificationKey }),
    },
    warnings: [],
  };
}

function refusal(result: SignRefusal, period: bigint): CommandError {
  const [failure, words] = REFUSALS[result];
  const now = period === 0n ? '' : ` (its KES period is ${period})`;
  return new CommandError(failure, `the agent refuses to sign: ${words}${now}`);
}

async function requestSignature(path: string, request: SignRequest): Promise<SignAnswer> {
  const library = await import('@evolock/kes-agent');
  return library.requestSignature(path, request);
}
