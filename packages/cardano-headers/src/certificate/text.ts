/** Certificates and counters as `cardano-cli` writes them: CBOR of exactly one encoding in a text envelope. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { encodeItem, type CborItem } from '../cbor/encode.js';
import { bytes, decodeItem, number, type Shape } from '../cbor/decode.js';
import { CborError } from '../cbor/walk.js';
import { parsePublicEnvelope, type Envelope } from '../envelope/envelope.js';
import { EnvelopeError } from '../errors.js';
import {
  certificateOf,
  certificateShapes,
  VERIFICATION_KEY_SIZE,
  type IssuedCertificate,
} from './certificate.js';

/** The content of the file of a certificate. Nothing of it is verified. */
export interface CertificateFile extends IssuedCertificate {
  /** A note for people. */
  readonly description: string;
}

/** The counter of a pool's certificates. If two keys get certificates of one number, nodes refuse the pool's blocks. */
export interface CertificateCounter {
  /** The number of the next certificate, unsigned, 64 bits. */
  readonly next: bigint;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/** The content of the file of a counter. */
export interface CertificateCounterFile extends CertificateCounter {
  /** A note for people. */
  readonly description: string;
}

/**
 * Reads an operational certificate from the text of a file: `certificate`, `coldVerificationKey`, `description`.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 */
export function parseCertificate(text: string | Uint8Array): CertificateFile {
  return certificateIn(parsePublicEnvelope(text, 'operational-certificate'));
}

/**
 * Reads a counter from the text of a file.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 */
export function parseCounter(text: string | Uint8Array): CertificateCounterFile {
  return counterIn(parsePublicEnvelope(text, 'certificate-counter'));
}

const issuedShape: Shape = {
  name: 'certificate and issuer',
  kind: [
    { name: 'operational certificate', kind: certificateShapes },
    bytes('issuer verification key', VERIFICATION_KEY_SIZE),
  ],
};

/** A reader of public CBOR: {@link decodeItem}, or another one. */
export type Decode = (text: Uint8Array, start: number, shape: Shape) => CborItem;

/** The certificate in an envelope. */
export function certificateIn(
  { cbor, description }: Envelope,
  decode: Decode = decodeItem,
): CertificateFile {
  const [items, cold] = strictlyDecoded(cbor, issuedShape, decode) as [CborItem[], Uint8Array];
  return { certificate: certificateOf(items), coldVerificationKey: cold, description };
}

/** A certificate and its issuer as CBOR. */
export function itemsOfIssued({ certificate, coldVerificationKey }: IssuedCertificate): CborItem {
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
  return [[hotVerificationKey, sequenceNumber, startPeriod, signature], coldVerificationKey];
}

const counterShape: Shape = {
  name: 'counter',
  kind: [number('next number', 64), bytes('cold verification key', VERIFICATION_KEY_SIZE)],
};

/** The counter in an envelope. */
export function counterIn(
  { cbor, description }: Envelope,
  decode: Decode = decodeItem,
): CertificateCounterFile {
  const [next, coldVerificationKey] = strictlyDecoded(cbor, counterShape, decode) as [
    bigint,
    Uint8Array,
  ];
  return { next, coldVerificationKey, description };
}

/**
 * Decodes the public content of an envelope that has exactly one encoding. Encodes the decoded value again and compares, which
 * refuses longer heads, indefinite lengths and trailing bytes.
 */
export function strictlyDecoded(
  cbor: Uint8Array,
  shape: Shape,
  decode: Decode = decodeItem,
): CborItem {
  const value = decodedOrThrow(cbor, shape, decode);
  if (!sameBytes(encodeItem(value), cbor))
    throw new EnvelopeError('wrong-cbor', { found: 'another encoding than the shortest' });
  return value;
}

function decodedOrThrow(cbor: Uint8Array, shape: Shape, decode: Decode): CborItem {
  try {
    return decode(new Uint8Array(cbor), 0, shape);
  } catch (cause) {
    if (!(cause instanceof CborError)) throw cause;
    throw new EnvelopeError('wrong-cbor', { cause });
  }
}
