/**
 * Messages, read without a judgement, and their bytes: `[message id, [body, KES period, expiry], KES signature, operational certificate, cold
 * verification key]`. The payload is an array within the array, not a byte string.
 *
 * Accepts what the decoder of a node accepts: arrays and byte strings of definite length, heads of any length.
 *
 * Source: `sig.cddl` and `decodeSig` of dmq-node.
 */
import {
  arrayAt,
  bytes,
  CborError,
  encodeItem,
  number,
  type CborItem,
  type Shape,
} from '@evolock/cardano-headers/cbor';
import { decodePublicItem } from '@evolock/cardano-kes/cbor';
import { certificateOf, certificateShapes } from '@evolock/cardano-headers/files';
import {
  type AbsolutePeriod,
  type OperationalCertificate,
  type PoolId,
  poolIdHexOf,
  poolIdOf,
} from '@evolock/cardano-headers';
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import { DmqMessageError, MAX_BODY_SIZE, MAX_MESSAGE_SIZE } from './failures.js';

/** Bytes of a KES signature: 448. */
export const SIGNATURE_SIZE = sum6Kes.signatureSize;

/** What the KES key signs. */
export interface Payload {
  /** 0 to 2,000 bytes. */
  readonly body: Uint8Array;
  /** The absolute KES period of the signature. */
  readonly period: AbsolutePeriod;
  /** Seconds since 1970, 32 bits: the last second in which the message is valid. */
  readonly expiresAt: number;
}

/** Who signs: the certificate of the KES key, and the cold key that signed it. */
export interface Signatory {
  readonly certificate: OperationalCertificate;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

interface Fields extends Payload, Signatory {
  /** 32 bytes, as stated. */
  readonly messageId: Uint8Array;
  /** 448 bytes. */
  readonly kesSignature: Uint8Array;
}

/** A message of the queue. Nothing of it is verified. */
export interface DmqMessage extends Fields {
  /** The message as given, at most 2,800 bytes. */
  readonly bytes: Uint8Array;
  /** The payload as given, a part of `bytes`: the KES signature and the id are over these bytes. */
  readonly payloadBytes: Uint8Array;
  /** The pool of the cold verification key. */
  readonly poolId: PoolId;
  /** The same in 56 hexadecimal digits. */
  readonly poolIdHex: string;
}

/**
 * Reads a message, without a verdict. Accepts what the decoder of a node accepts: arrays and byte strings of definite length,
 * heads of any length. No byte is encoded again.
 *
 * @param message - At most 2,800 bytes, with a body of at most 2,000. They are copied.
 * @throws {@link DmqMessageError} `ERR_EVOLOCK_DMQ_MESSAGE`, `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function parseDmqMessage(message: Uint8Array): DmqMessage {
  return messageOf(checkBytes('message', message));
}

/** Reads a message from checked bytes. */
export function messageOf(given: Uint8Array): DmqMessage {
  if (given.byteLength === 0) throw new DmqMessageError('empty');
  if (given.byteLength > MAX_MESSAGE_SIZE) throw new DmqMessageError('too-large');
  const bytes = new Uint8Array(given);
  const fields = fieldsOf(bytes);
  checkBodySize(fields.body);
  return {
    bytes,
    ...fields,
    poolId: poolIdOf(fields.coldVerificationKey),
    poolIdHex: poolIdHexOf(fields.coldVerificationKey),
  };
}

function fieldsOf(bytes: Uint8Array): ReturnType<typeof decoded> {
  try {
    return decoded(bytes);
  } catch (cause) {
    if (!(cause instanceof CborError)) throw cause;
    const { problem, offset, field } = cause;
    throw new DmqMessageError(problem, { offset, field });
  }
}

/** Checks the size of a body. */
export function checkBodySize({ byteLength }: Uint8Array): void {
  if (byteLength > MAX_BODY_SIZE) throw new DmqMessageError('body-too-large');
}

const messageShape: Shape = {
  name: 'message',
  definite: true,
  kind: [
    bytes('message id', 32),
    {
      name: 'payload',
      definite: true,
      kind: [{ name: 'body', kind: 'bytes' }, number('KES period', 64), number('expiry', 32)],
    },
    bytes('KES signature', SIGNATURE_SIZE),
    { name: 'operational certificate', definite: true, kind: certificateShapes },
    bytes('cold verification key', 32),
  ],
};

/**
 * Decodes a message.
 *
 * @param message - The bytes of the message and no others.
 * @returns The fields and the payload, whose byte strings are parts of the given bytes.
 */
function decoded(message: Uint8Array): Fields & { readonly payloadBytes: Uint8Array } {
  const items = decodePublicItem(message, 0, messageShape);
  const [messageId, [body, period, expiresAt], kesSignature, certificate, coldVerificationKey] =
    // The shape was checked.
    items as [Uint8Array, [Uint8Array, bigint, bigint], Uint8Array, CborItem[], Uint8Array];
  return {
    messageId,
    payloadBytes: payloadIn(message),
    body,
    period: period as AbsolutePeriod,
    expiresAt: Number(expiresAt),
    kesSignature,
    certificate: certificateOf(certificate),
    coldVerificationKey,
  };
}

/** The payload of a message whose shape was checked. */
function payloadIn(message: Uint8Array): Uint8Array {
  const array = arrayAt(message, 0, 5);
  const end = array?.end ?? 0;
  if (end < message.byteLength) throw new DmqMessageError('trailing-bytes', { offset: end });
  const payload = array?.items[1];
  return message.subarray(payload?.start, payload?.end);
}

/** Encodes a message with the shortest heads, and computes its id. The KES signature has 448 bytes. */
export function encoded(
  { body, period, expiresAt, certificate, coldVerificationKey }: Payload & Signatory,
  kesSignature: Uint8Array,
): Uint8Array {
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
  const payload: CborItem = [body, period, BigInt(expiresAt)];
  return encodeItem([
    blake2b256(encodeItem(payload)),
    payload,
    kesSignature,
    [hotVerificationKey, sequenceNumber, startPeriod, signature],
    coldVerificationKey,
  ]);
}
