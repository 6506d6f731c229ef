/** Makes a message of a body. */
import { type DmqSigner, MAX_BODY_SIZE, MAX_LIFETIME, signDmqMessage } from '@evolock/cardano-dmq';
import { hexOf, type IssuedCertificate, periodOfSlot } from '@evolock/cardano-headers';
import type { KesSigningKeyFile } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { sum6Kes } from '@evolock/kes-sum';
import { CERTIFICATE, certificateJson } from '../certificates/certificate.js';
import { type Answer, done } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { invalid, usage } from '@evolock/command-line/errors';
import { namingFile } from '../errors.js';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { readEnvelope, readPublic, refuseDash } from '../files/read.js';
import { refuseExisting, writePublic } from '../files/write.js';
import { warningsAbout } from '../certificates/signing-key-file.js';
import { checkSigner, loadKesSigningKey } from '../files/key-files.js';
import { momentNow } from '../network/clock.js';
import { NETWORK, datedNetworkOf, type NetworkOptions } from '../network/network.js';
import { messageFacts, messageJson } from './message.js';

export const dmqSignCommand: Definition = {
  text: `
    Makes a message of CIP-137: the body, the KES period, the expiry, and the KES signature over them, with the operational certificate of the pool. Before it signs, it checks that the cold key signed the certificate, and that the evolution is within the limit of the network. With --skey it signs at the evolution of the KES period; the key file does not change. With --agent-sign an agent signs, and must hold the key of this certificate. Prints the message in hexadecimal, or writes its bytes, as nodes take them, to a file. A body has at most 2,000 bytes. The networks of the queue have a least size too, which is not checked.

    [body-file]              the body, - for standard input
    --opcert, --cert <file>  the operational certificate of the KES key, or -
    --skey <file>            the KES signing key
    --agent-sign <path>      or the sign socket of an agent
    --ttl <seconds>          seconds until it expires, below 1800; 600 when absent
    --out <file>             write the bytes of the message to a file
    --force                  replace an existing message

    # With a key file, for the current KES period
    $ kes dmq sign --cert node.cert --skey kes.skey --network mainnet --out message.dmq body
    # With the key of an agent; it expires in 20 minutes
    $ kes dmq sign --cert node.cert --agent-sign /run/kes-agent/sign.socket --network mainnet --ttl 1200 body`,
  needed: ['cert'],
  readsStdin: true,
  options: NETWORK,
  work: signMessage,
};

interface SignFlags extends NetworkOptions {
  readonly cert: string;
  readonly skey?: string;
  readonly agentSign?: string;
  readonly ttl?: number;
  readonly out?: string;
  readonly force?: boolean;
}

/** Seconds until a message expires, unless the options say otherwise. */
const DEFAULT_LIFETIME = 600;

/** Makes a message. Every check comes before the signature. */
async function signMessage(session: Session, body: string, flags: SignFlags): Promise<Answer> {
  const { cert, skey, agentSign = '', ttl = DEFAULT_LIFETIME, out, force = false } = flags;
  refuseDash('--out', out, 'without --out the message goes to standard output, in hexadecimal');
  checkSigner(flags);
  if (ttl >= MAX_LIFETIME) {
    throw usage(
      `--ttl ${ttl}: nodes refuse a message that expires ${MAX_LIFETIME} seconds ahead or later`,
    );
  }
  if (out !== undefined) refuseExisting(out, force, 'dmq-message');
  const parameters = await datedNetworkOf(session, flags);
  const issued = await readEnvelope(session, cert, CERTIFICATE);
  using file = skey === undefined ? undefined : loadKesSigningKey(skey);
  const name = printable(skey ?? agentSign);
  if (file !== undefined) checkKey(name, file, sourceName(cert), issued);
  // The signer evolves the key in memory: a warning is about the file.
  const warnings = file === undefined ? [] : warningsAbout(name, file);
  const sign =
    file === undefined ? agentSigner(agentSign, sourceName(cert), issued) : fileSigner(name, file);
  const content = await readPublic(session, body, MAX_BODY_SIZE);
  const now = session.context.now();
  const period = periodOfSlot(parameters, momentNow(parameters, now).slot);
  const expiresAt = Math.floor(now.getTime() / 1_000) + ttl;
  const request = { parameters, body: content, period, expiresAt, ...issued };
  // Errors that name no file are about the certificate: it is not valid, or not at this period.
  const message = await signDmqMessage(request, sign).catch((error: unknown) => {
    throw namingFile(cert, error);
  });
  if (out !== undefined) writePublic(out, message.bytes, { force, kind: 'dmq-message' });
  const hex = hexOf(message.bytes);
  return {
    json: { bytes: hex, messageFile: out, ...messageJson(message) },
    warnings,
    raw: out === undefined ? [hex] : undefined,
    result: done(`${printable(out ?? '')}: a message with the body of ${sourceName(body)}`),
    facts: messageFacts(message),
  };
}

function checkKey(
  name: string,
  { signingKey }: KesSigningKeyFile,
  cert: string,
  { certificate }: IssuedCertificate,
): void {
  if (!sameBytes(signingKey.deriveVerificationKey(), certificate.hotVerificationKey)) {
    throw invalid(`${name}: it is not the key of the certificate ${cert}`);
  }
  const { depth } = signingKey.algorithm;
  if (depth === sum6Kes.depth) return;
  throw invalid(
    `${name}: it is a key of depth ${depth}, and messages hold signatures of depth 6 only: make another key pair (kes keygen)`,
  );
}

/** Evolves the key in memory. The file keeps its period. */
function fileSigner(name: string, { signingKey }: KesSigningKeyFile): DmqSigner {
  return (payload, { period, evolution }) => {
    if (signingKey.period > evolution) {
      throw invalid(
        `${name}: it is at period ${signingKey.period}, and a message of KES period ${period} is signed at period ${evolution}: a key cannot go back`,
      );
    }
    signingKey.updateTo(evolution);
    return signingKey.sign(payload);
  };
}

function agentSigner(path: string, cert: string, issued: IssuedCertificate): DmqSigner {
  return async (message, { period }) => {
    const { askAgent } = await import('../agent/control/agent-control.js');
    const answer = await askAgent(path, message, period);
    // Also another certificate of the same key: nodes that know a higher number refuse the message.
    if (JSON.stringify(certificateJson(answer)) === JSON.stringify(certificateJson(issued)))
      return answer.signature;
    const { sequenceNumber, startPeriod } = answer.certificate;
    throw invalid(
      `${printable(path)}: the agent has another certificate than ${cert}: its number is ${sequenceNumber}, from KES period ${startPeriod}. Give the certificate that was installed (kes agent install-key)`,
    );
  };
}
