/** The four helpers that write a value. */
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkMethod,
  isUnfinished,
  sizeOfBytes,
} from './arguments.js';
import { ProtocolError, SizeCheckError } from './errors.js';
import { MAX_SIZE, type DirectSerialise } from './protocol.js';
import { Session, type Move } from './session.js';

/** Writes one block to an offset, in bytes, of the destination. Must be synchronous. */
export type Write = (offset: number, block: Uint8Array) => void;

/**
 * Writes a value, block by block, to a destination of `size` bytes (`directSerialiseTo` of cardano-crypto-class).
 *
 * @param write - Called once per block, in order, with the offset in bytes and the block itself.
 * @param size - Bytes of the destination, 0 to {@link MAX_SIZE}.
 * @returns The number of bytes written, at most `size`.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` before a block that would pass the end.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when `write` or the value is asynchronous.
 */
export function directSerialiseTo(write: Write, size: number, value: DirectSerialise): number {
  checkFunction('write', write);
  return serialise((offset, block) => write(offset, checkBytes('block', block)), size, value);
}

function serialise(move: Move, size: number, value: DirectSerialise): number {
  checkInteger('size', size, 0, MAX_SIZE);
  checkMethod('value', value, 'directSerialise');
  return pushAll(new Session(size, move), value);
}

function pushAll(session: Session, value: DirectSerialise): number {
  try {
    const result: unknown = value.directSerialise(session.block);
    if (isUnfinished(result)) throw new ProtocolError('directSerialise must be synchronous');
  } finally {
    session.close();
  }
  return session.finish();
}

/**
 * Writes a value as {@link directSerialiseTo} does, to a destination that it must fill exactly (`directSerialiseToChecked`
 * of cardano-crypto-class).
 *
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when `write` or the value is asynchronous.
 *
 * @example
 * ```ts
 * import { directSerialiseToChecked } from '@evolock/direct-serialise';
 *
 * const value = { directSerialise: (push: (block: Uint8Array) => void) => push(new Uint8Array(32)) };
 * const file = new Uint8Array(32);
 * directSerialiseToChecked((offset, block) => file.set(block, offset), 32, value);
 * ```
 */
export function directSerialiseToChecked(write: Write, size: number, value: DirectSerialise): void {
  checkDone(size, directSerialiseTo(write, size, value));
}

/**
 * Writes a value to the beginning of a buffer (`directSerialiseBuf` of cardano-crypto-class). When this throws, the bytes
 * that were written are zero.
 *
 * @param buffer - The destination, at most {@link MAX_SIZE} bytes. For a secret: locked memory.
 * @returns The number of bytes written, at most the buffer's length.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger than the buffer.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
 */
export function directSerialiseBuf(buffer: Uint8Array, value: DirectSerialise): number {
  return serialiseBuf(buffer, value, false);
}

/**
 * Writes a value to a buffer that it must fill exactly (`directSerialiseBufChecked` of cardano-crypto-class). When this
 * throws, the bytes that were written are zero.
 *
 * @param buffer - The destination, at most {@link MAX_SIZE} bytes. For a secret: locked memory.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller than the buffer.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
 */
export function directSerialiseBufChecked(buffer: Uint8Array, value: DirectSerialise): void {
  serialiseBuf(buffer, value, true);
}

function serialiseBuf(buffer: Uint8Array, value: DirectSerialise, exact: boolean): number {
  const size = checkInteger('size', sizeOfBytes('buffer', buffer), 0, MAX_SIZE);
  checkMethod('value', value, 'directSerialise');
  let reached = 0;
  const session = Session.overBuffer(size, (offset, block, blockSize) => {
    reached = offset + blockSize;
    buffer.set(block, offset);
  });
  try {
    const done = pushAll(session, value);
    if (exact) checkDone(size, done);
    return done;
  } catch (error) {
    buffer.fill(0, 0, reached);
    throw error;
  }
}

function checkDone(size: number, done: number): void {
  if (done !== size) throw new SizeCheckError('a value does not fill its destination', size, done);
}
