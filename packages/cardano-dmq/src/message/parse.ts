/**
 * Messages, read without a judgement.
 */
import { poolIdOf, type PoolId } from '@evolock/cardano-kes';
import { CborError } from '@evolock/cardano-kes/cbor';
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { DmqMessageError } from '../errors.js';
import { MAX_BODY_SIZE, MAX_MESSAGE_SIZE } from '../limits.js';
import { decoded, type Fields } from './wire.js';

/** A message of the queue. Nothing of it is verified. */
export interface DmqMessage extends Fields {
  /** The message as given, at most 2,800 bytes. */
  readonly bytes: Uint8Array;
  /** The payload as given, a part of `bytes`: the KES signature and the id are over these bytes. */
  readonly payloadBytes: Uint8Array;
  /** The pool of the cold verification key. */
  readonly poolId: PoolId;
}

/**
 * Reads a message. Accepts what the decoder of a node accepts: arrays and byte strings of definite length, heads of any
 * length. No byte is encoded again.
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
  return { bytes, ...fields, poolId: poolIdOf(fields.coldVerificationKey) };
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
