/** Who signs a message: the KES key of a file, or an agent. */
import { hexOf } from '@evolock/cardano-kes';
import type { DmqSigner } from '@evolock/cardano-dmq';
import type { IssuedCertificate, KesSigningKeyFile } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { certificateJson } from '../certificates/certificate.js';
import { CommandError } from '../cli/errors.js';
import { printable, sourceName } from '../cli/text.js';
import { warningsAbout } from '../keys/node-reading.js';
import { withSigningKey } from '../keys/signing-key.js';

/** The options that name a signer and its certificate. */
export interface SignerFlags {
  readonly cert: string;
  readonly skey?: string;
  readonly agentSign?: string;
}

/** A signer, and the warnings about it. */
export interface Signer {
  readonly sign: DmqSigner;
  readonly warnings: readonly string[];
}

/** Refuses two signers, and none. */
export function checkSigner({ skey, agentSign }: SignerFlags): void {
  if ((skey === undefined) !== (agentSign === undefined)) return;
  throw new CommandError(
    'usage',
    'name one signer: --skey <file>, or --agent-sign <path> for an agent',
  );
}

/** Gives the signer of the options to some work. A signing key is released after it. */
export function withSigner<T>(
  { cert, skey, agentSign = '' }: SignerFlags,
  issued: IssuedCertificate,
  work: (signer: Signer) => Promise<T>,
): Promise<T> {
  if (skey === undefined) {
    return work({ sign: agentSigner(agentSign, sourceName(cert), issued), warnings: [] });
  }
  return withSigningKey(skey, (file) => {
    checkKey(printable(skey), file, sourceName(cert), issued);
    return work({
      sign: fileSigner(printable(skey), file),
      warnings: warningsAbout(skey, file),
    });
  });
}

function checkKey(
  name: string,
  { signingKey }: KesSigningKeyFile,
  cert: string,
  { certificate }: IssuedCertificate,
): void {
  if (hexOf(signingKey.deriveVerificationKey()) !== hexOf(certificate.hotVerificationKey)) {
    throw new CommandError('invalid', `${name}: it is not the key of the certificate ${cert}`);
  }
  const { depth } = signingKey.algorithm;
  if (depth === sum6Kes.depth) return;
  throw new CommandError(
    'invalid',
    `${name}: it is a key of depth ${depth}, and messages hold signatures of depth 6 only: make another key pair (kes keygen)`,
  );
}

/** Evolves the key in memory. The file keeps its period. */
function fileSigner(name: string, { signingKey }: KesSigningKeyFile): DmqSigner {
  return (payload, { period, evolution }) => {
    if (signingKey.period > evolution) {
      throw new CommandError(
        'invalid',
        `${name}: it is at period ${signingKey.period}, and a message of KES period ${period} is signed at period ${evolution}: a key cannot go back`,
      );
    }
    signingKey.updateTo(evolution);
    return signingKey.sign(payload);
  };
}

function agentSigner(path: string, cert: string, issued: IssuedCertificate): DmqSigner {
  return async (message, { period }) => {
    const { askAgent } = await import('../agent/sign.js');
    const answer = await askAgent(path, { message, period });
    // Also another certificate of the same key: nodes that know a higher number refuse the message.
    if (JSON.stringify(certificateJson(answer)) === JSON.stringify(certificateJson(issued)))
      return answer.signature;
    const { sequenceNumber, startPeriod } = answer.certificate;
    throw new CommandError(
      'invalid',
      `${printable(path)}: the agent has another certificate than ${cert}: its number is ${sequenceNumber}, from KES period ${startPeriod}. Give the certificate that was installed (kes agent install-key)`,
    );
  };
}
