/** Signing: the package encodes and checks, and the caller's function has the key. */
import {
  certificateFailure,
  absolutePeriod,
  evolutionOf,
  type AbsolutePeriod,
  type Evolution,
  type KesParameters,
  type ValidEvolution,
} from '@evolock/cardano-headers';
import { checkCertificate } from '@evolock/cardano-headers/files';
import { nativeHeaders } from '@evolock/cardano-kes';
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkRecord,
} from '@evolock/direct-serialise/arguments';
import { DmqSigningError, evolutionFailures, wrongSignature } from './failures.js';
import {
  checkBodySize,
  encoded,
  messageOf,
  SIGNATURE_SIZE,
  type DmqMessage,
  type Payload,
  type Signatory,
} from './message.js';
import { signatureFact } from './verify.js';

const { certificateVerdict } = nativeHeaders;

/** What is signed, and by whom. */
export interface DmqSignRequest extends Payload, Signatory {
  /** The parameters of the network, which limit the evolution. */
  readonly parameters: KesParameters;
}

/** When a message is signed. */
export interface DmqSigningPeriod {
  /** The absolute KES period of the message. */
  readonly period: AbsolutePeriod;
  /** The period that the signing key must have: the periods since the start of the certificate. */
  readonly evolution: Evolution;
}

/**
 * Signs a payload, now or later: a KES key, an agent, another machine.
 *
 * @param payload - The bytes to sign. They belong to the signer.
 * @returns 448 bytes.
 */
export type DmqSigner = (
  payload: Uint8Array,
  at: DmqSigningPeriod,
) => Uint8Array | Promise<Uint8Array>;

const MAX_UNSIGNED_32 = 2 ** 32 - 1;
const NO_SIGNATURE = new Uint8Array(SIGNATURE_SIZE);

/**
 * Makes a message, which a function of the caller signs. Checks the certificate and the evolution before it calls the signer, and the signature after. The
 * expiry and the order of sequence numbers are not checked: {@link verifyDmqMessage} does.
 *
 * @param request - The content, the certificate of the KES key, and the network.
 * @param sign - Signs the payload. Its errors are passed on.
 * @returns The message, whose `bytes` go to a node.
 * @throws {@link DmqSigningError} `ERR_EVOLOCK_DMQ_SIGNING` when nodes would refuse the message, and when the signature
 * does not verify; {@link DmqMessageError} `ERR_EVOLOCK_DMQ_MESSAGE` for a body of more than 2,000 bytes;
 * `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { signDmqMessage, verifyDmqMessage } from '@evolock/cardano-dmq';
 * import { absolutePeriod, mainnet as parameters } from '@evolock/cardano-headers';
 * import { issueCertificate } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';
 *
 * using seed = MLockedSeed.newRandom(32);
 * using coldKey = ed25519.generateKey(seed);
 * using kesKey = sum6Kes.generateKey(seed);
 * const certificate = issueCertificate(coldKey, {
 *   hotVerificationKey: kesKey.deriveVerificationKey(),
 *   sequenceNumber: 0n,
 *   startPeriod: absolutePeriod(500),
 * });
 *
 * const now = new Date('2022-07-02T12:00:00Z'); // in KES period 503
 * const message = await signDmqMessage(
 *   {
 *     parameters,
 *     body: new TextEncoder().encode('a signature of Mithril'),
 *     period: absolutePeriod(503),
 *     expiresAt: Math.floor(now.getTime() / 1_000) + 600,
 *     certificate,
 *     coldVerificationKey: coldKey.deriveVerificationKey(),
 *   },
 *   (payload, { evolution }) => {
 *     kesKey.updateTo(evolution);
 *     return kesKey.sign(payload);
 *   },
 * );
 * assert(verifyDmqMessage(message.bytes, { parameters, now }).valid);
 * ```
 */
export async function signDmqMessage(
  request: DmqSignRequest,
  sign: DmqSigner,
): Promise<DmqMessage> {
  checkFunction('sign', sign);
  const { draft, status } = draftOf(request);
  const { period } = draft;
  // A copy, which the signer may change.
  const payload = new Uint8Array(draft.payloadBytes);
  const signature = await sign(payload, { period, evolution: status.evolution });
  const checked = checkBytes('the result of sign', signature, SIGNATURE_SIZE);
  const message = messageOf(encoded(draft, checked));
  if (signatureFact(message, status) !== 'good')
    throw new DmqSigningError([wrongSignature(period, status)]);
  return message;
}

/** A message without a signature, and the evolution at which it is signed. */
interface Draft {
  /** Its fields are copies, so the caller may change the originals while the signer works. */
  readonly draft: DmqMessage;
  readonly status: ValidEvolution;
}

function draftOf(request: DmqSignRequest): Draft {
  // Each member is checked below: a caller in JavaScript may have left it out.
  const given = checkRecord('request', request) as DmqSignRequest;
  const content = checkContent(given);
  const { certificate, coldVerificationKey, period } = content;
  const issued = certificateVerdict(certificate, coldVerificationKey);
  // It checks the parameters.
  const status = evolutionOf(given.parameters, certificate.startPeriod, period);
  const failures = [
    ...(issued.valid ? [] : [certificateFailure(issued)]),
    ...evolutionFailures(period, status),
  ];
  if (status.state !== 'valid' || failures.length > 0) throw new DmqSigningError(failures);
  return { draft: messageOf(encoded(content, NO_SIGNATURE)), status };
}

function checkContent(given: Payload & Signatory): Payload & Signatory {
  const content = {
    body: checkBytes('body', given.body),
    period: absolutePeriod(given.period),
    expiresAt: checkInteger('expiresAt', given.expiresAt, 0, MAX_UNSIGNED_32),
    certificate: checkCertificate(given.certificate, 'certificate.'),
    coldVerificationKey: checkBytes('coldVerificationKey', given.coldVerificationKey, 32),
  };
  checkBodySize(content.body);
  return content;
}
