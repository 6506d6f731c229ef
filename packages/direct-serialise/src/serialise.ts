import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkMethod,
  isUnfinished,
  sizeOfBytes,
} from './arguments.js';
import { MAX_SIZE, type DirectSerialise } from './protocol.js';
import { ProtocolError, Session, type Move } from './session.js';
import { beginPass, endPass } from './whole.js';
import { checkStillAttached, setBytes, zeroBytes } from './set-bytes.js';
import { SizeCheckError } from './size-check-error.js';

/** Writes one block at an offset, in bytes, of the destination. Must be synchronous. */
export type Write = (offset: number, block: Uint8Array) => void;

/**
 * Writes a value, block by block, to a destination of `size` bytes.
 *
 * @param write - Called once per block, in order, with the offset in bytes and the block itself.
 * @param size - Bytes of the destination, 0 to {@link MAX_SIZE}.
 * @param value - What is written.
 * @returns The number of bytes written, at most `size`.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` before a block that would pass the end.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when `write` or the value is asynchronous.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: `directSerialiseTo` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseTo } from '@evolock/direct-serialise';
 *
 * const pair = {
 *   directSerialise(push: (block: Uint8Array) => void) {
 *     push(Uint8Array.of(1, 2));
 *     push(Uint8Array.of(3));
 *   },
 * };
 * const destination = new Uint8Array(8);
 * const written = directSerialiseTo((offset, block) => destination.set(block, offset), 8, pair);
 * assert.equal(written, 3);
 * ```
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
 * Writes a value to a destination that it has to fill exactly.
 *
 * @param write - Called once per block, in order, with the offset in bytes and the block itself.
 * @param size - Bytes of the destination and of the value, 0 to {@link MAX_SIZE}.
 * @param value - What is written.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when `write` or the value is asynchronous.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: `directSerialiseToChecked` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseToChecked } from '@evolock/direct-serialise';
 *
 * const value = { directSerialise: (push: (block: Uint8Array) => void) => push(new Uint8Array(32)) };
 * directSerialiseToChecked(() => {}, 32, value);
 * assert.throws(() => directSerialiseToChecked(() => {}, 33, value), { expected: 33, actual: 32 });
 * ```
 */
export function directSerialiseToChecked(write: Write, size: number, value: DirectSerialise): void {
  checkDone(size, directSerialiseTo(write, size, value));
}

/**
 * Writes a value to the beginning of a buffer.
 *
 * When the value fails or is too large, what had been written of it is zeroed.
 *
 * @param buffer - The destination, at most {@link MAX_SIZE} bytes. For a secret: locked memory.
 * @param value - What is written.
 * @returns The number of bytes written, at most the buffer's length.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger than the buffer.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous, or detaches the buffer or its block.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: `directSerialiseBuf` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseBuf } from '@evolock/direct-serialise';
 *
 * const value = { directSerialise: (push: (block: Uint8Array) => void) => push(Uint8Array.of(7)) };
 * const buffer = new Uint8Array(4);
 * assert.equal(directSerialiseBuf(buffer, value), 1);
 * assert.equal(buffer[0], 7);
 * ```
 */
export function directSerialiseBuf(buffer: Uint8Array, value: DirectSerialise): number {
  return serialiseBuf(buffer, value, false);
}

/**
 * Writes a value to a buffer that it has to fill exactly.
 *
 * When it does not, or fails, what had been written of it is zeroed.
 *
 * @param buffer - The destination, at most {@link MAX_SIZE} bytes. For a secret: locked memory.
 * @param value - What is written.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller than the buffer.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous, or detaches the buffer or its block.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: `directSerialiseBufChecked` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseBufChecked } from '@evolock/direct-serialise';
 *
 * const value = { directSerialise: (push: (block: Uint8Array) => void) => push(new Uint8Array(32)) };
 * directSerialiseBufChecked(new Uint8Array(32), value);
 * assert.throws(() => directSerialiseBufChecked(new Uint8Array(31), value), { expected: 31, actual: 32 });
 * ```
 */
export function directSerialiseBufChecked(buffer: Uint8Array, value: DirectSerialise): void {
  serialiseBuf(buffer, value, true);
}

function serialiseBuf(buffer: Uint8Array, value: DirectSerialise, exact: boolean): number {
  const size = checkInteger('size', sizeOfBytes('buffer', buffer), 0, MAX_SIZE);
  checkMethod('value', value, 'directSerialise');
  let reached = 0;
  const session = new Session(size, (offset, block, blockSize) => {
    reached = offset + blockSize;
    setBytes(buffer, block, offset);
  });
  const outer = beginPass(session);
  try {
    const done = pushAll(session, value);
    if (exact) checkDone(size, done);
    checkStillAttached(buffer);
    return done;
  } catch (error) {
    zeroBytes(buffer, reached);
    throw error;
  } finally {
    endPass(outer);
  }
}

function checkDone(size: number, done: number): void {
  if (done !== size) throw new SizeCheckError('a value does not fill its destination', size, done);
}
