/**
 * Files of operational certificates: the certificate, and the cold verification key that it is to be verified with.
 */
import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import { checkCertificate, type OperationalCertificate } from './certificate.js';
import { publicEnvelopeText } from './envelope-text.js';
import { parsePublicEnvelope, withEnvelopeFile, type Envelope } from './envelope.js';
import type { AbsolutePeriod } from './numbers.js';
import { bytesOfSize, encodeCbor, unsignedOf } from './public-cbor.js';
import { checkDescription, publicText } from './read-options.js';
import { strictlyDecoded } from './strict-cbor.js';

/** A certificate and its issuer. */
export interface IssuedCertificate {
  readonly certificate: OperationalCertificate;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/** What the file of a certificate holds. Nothing of it is verified yet. */
export interface CertificateFile extends IssuedCertificate {
  /** A note for people. */
  readonly description: string;
}

/**
 * Reads an operational certificate from a file of `cardano-cli`. Its signature is not looked at: that is
 * {@link verifyCertificate}.
 *
 * @param path - Text or a `file:` URL: anything that can be read, a pipe or a symbolic link included.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { readCertificate } from '@evolock/cardano-kes';
 *
 * assert.throws(() => readCertificate('no-such.cert'), { reason: 'not-found' });
 * ```
 */
export function readCertificate(path: string | URL): CertificateFile {
  return withEnvelopeFile(path, 'operational-certificate', publicText, certificateOfEnvelope);
}

/**
 * Reads an operational certificate from the text of such a file.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseCertificate } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseCertificate('{}'), { code: 'ERR_EVOLOCK_CARDANO_ENVELOPE' });
 * ```
 */
export function parseCertificate(text: string | Uint8Array): CertificateFile {
  return certificateOfEnvelope(parsePublicEnvelope(text, 'operational-certificate'));
}

/**
 * The text of a certificate's file.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @internal
 */
export function certificateText(issued: IssuedCertificate, description: unknown): Uint8Array {
  const label = {
    type: 'NodeOperationalCertificate',
    description: checkDescription(description, ''),
  };
  return publicEnvelopeText(label, encode(issued));
}

function encode(issued: unknown): Uint8Array {
  if (typeof issued !== 'object' || issued === null)
    throw wrongType('issued', 'an object with certificate and coldVerificationKey', issued);
  const { certificate, coldVerificationKey } = issued as Partial<IssuedCertificate>;
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } =
    checkCertificate(certificate);
  const cold = checkBytes('coldVerificationKey', coldVerificationKey, ed25519.verificationKeySize);
  return encodeCbor([[hotVerificationKey, sequenceNumber, startPeriod, signature], cold]);
}

/**
 * The certificate of an envelope.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 *
 * @internal
 */
export function certificateOfEnvelope({ cbor, description }: Envelope): CertificateFile {
  return { ...strictlyDecoded(cbor, fromCbor, encode), description };
}

function fromCbor(value: unknown): IssuedCertificate | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [fields, cold] = value as unknown[];
  const certificate = certificateOf(fields);
  const coldVerificationKey = bytesOfSize(cold, ed25519.verificationKeySize);
  if (certificate === undefined || coldVerificationKey === undefined) return undefined;
  return { certificate, coldVerificationKey };
}

/**
 * The certificate of four fields that cbor-x decoded; nothing for anything else.
 *
 * @internal
 */
export function certificateOf(fields: unknown): OperationalCertificate | undefined {
  if (!Array.isArray(fields) || fields.length !== 4) return undefined;
  const [hot, number, start, signed] = fields as unknown[];
  const hotVerificationKey = bytesOfSize(hot, sum6Kes.verificationKeySize);
  const sequenceNumber = unsignedOf(number);
  const startPeriod = unsignedOf(start) as AbsolutePeriod | undefined;
  const signature = bytesOfSize(signed, ed25519.signatureSize);
  if (
    hotVerificationKey === undefined ||
    sequenceNumber === undefined ||
    startPeriod === undefined ||
    signature === undefined
  )
    return undefined;
  return { hotVerificationKey, sequenceNumber, startPeriod, signature };
}
