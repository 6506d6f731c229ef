/** The four helpers that read a value. */
import { checkBytes, checkFunction, checkInteger, checkMethod, isUnfinished } from './arguments.js';
import { ProtocolError, SizeCheckError } from './errors.js';
import { MAX_SIZE, type DirectDeserialise } from './protocol.js';
import { Session } from './session.js';

/** Fills one block from an offset, in bytes, of the source. Must be synchronous, and write every byte of the block. */
export type Read = (offset: number, block: Uint8Array) => void;

/**
 * Reads a value, block by block, from a source of `size` bytes (`directDeserialiseFrom` of cardano-crypto-class).
 *
 * @param read - Called once per block, in order, with the offset in bytes and the memory to fill.
 * @param size - Bytes of the source, 0 to {@link MAX_SIZE}.
 * @param type - The type of the value: an algorithm, or `MLockedSeed.type(32)`.
 * @param options - Passed on to `type.directDeserialise`, with the allocator.
 * @returns The value and the number of bytes read, at most `size`.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` before a block that would pass the end.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when `read` or the type is asynchronous.
 */
export function directDeserialiseFrom<T, Options extends object = object>(
  read: Read,
  size: number,
  type: DirectDeserialise<T, Options>,
  options?: Options,
): [value: T, bytesRead: number] {
  checkFunction('read', read);
  checkInteger('size', size, 0, MAX_SIZE);
  checkMethod('type', type, 'directDeserialise');
  const session = new Session(size, (offset, block) => read(offset, checkBytes('block', block)));
  return pullAll(session, type, options);
}

function pullAll<T, Options extends object>(
  session: Session,
  type: DirectDeserialise<T, Options>,
  options: Options | undefined,
): [value: T, bytesRead: number] {
  try {
    const value = type.directDeserialise(session.block, options);
    if (isUnfinished(value)) throw new ProtocolError('directDeserialise must be synchronous');
    return [value, finishOrWipe(session, value)];
  } finally {
    session.close();
  }
}

/**
 * Reads a value as {@link directDeserialiseFrom} does, from a source that contains nothing else
 * (`directDeserialiseFromChecked` of cardano-crypto-class). A value that leaves bytes unread is wiped through its
 * `[Symbol.dispose]` before the error is thrown.
 *
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller than `size`.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when `read` or the type is asynchronous.
 */
export function directDeserialiseFromChecked<T, Options extends object = object>(
  read: Read,
  size: number,
  type: DirectDeserialise<T, Options>,
  options?: Options,
): T {
  const [value, done] = directDeserialiseFrom(read, size, type, options);
  if (done !== size) throw wiped(value, size, done);
  return value;
}

/**
 * Reads a value from the beginning of a buffer of at most {@link MAX_SIZE} bytes (`directDeserialiseBuf` of
 * cardano-crypto-class).
 *
 * @returns The value and the number of bytes read.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger than the buffer.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the type is asynchronous.
 */
export function directDeserialiseBuf<T, Options extends object = object>(
  buffer: Uint8Array,
  type: DirectDeserialise<T, Options>,
  options?: Options,
): [value: T, bytesRead: number] {
  return deserialiseBuf(checkBytes('buffer', buffer), type, options);
}

/**
 * Reads a value from a buffer that contains nothing else (`directDeserialiseBufChecked` of cardano-crypto-class). A value
 * that leaves bytes unread is wiped through its `[Symbol.dispose]` before the error is thrown.
 *
 * @param buffer - The source, at most {@link MAX_SIZE} bytes.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller than the buffer.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the type is asynchronous.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
 *
 * const one = {
 *   directDeserialise(pull: (block: Uint8Array) => void) {
 *     const byte = new Uint8Array(1);
 *     pull(byte);
 *     return byte[0];
 *   },
 * };
 * assert.equal(directDeserialiseBufChecked(Uint8Array.of(7), one), 7);
 * ```
 */
export function directDeserialiseBufChecked<T, Options extends object = object>(
  buffer: Uint8Array,
  type: DirectDeserialise<T, Options>,
  options?: Options,
): T {
  const source = checkBytes('buffer', buffer);
  const size = source.byteLength;
  const [value, done] = deserialiseBuf(source, type, options);
  if (done !== size) throw wiped(value, size, done);
  return value;
}

/** When the type caught the error of a block, the value is incomplete: it is wiped, and the error is thrown. */
function finishOrWipe(session: Session, value: unknown): number {
  try {
    return session.finish();
  } catch (error) {
    if (isDisposable(value)) value[Symbol.dispose]();
    throw error;
  }
}

function deserialiseBuf<T, Options extends object>(
  source: Uint8Array,
  type: DirectDeserialise<T, Options>,
  options: Options | undefined,
): [value: T, bytesRead: number] {
  checkInteger('size', source.byteLength, 0, MAX_SIZE);
  checkMethod('type', type, 'directDeserialise');
  const session = Session.overBuffer(source.byteLength, (offset, block, size) =>
    block.set(source.subarray(offset, offset + size)),
  );
  return pullAll(session, type, options);
}

/** Wipes a value that the caller must not get, and makes the error. */
function wiped(value: unknown, expected: number, actual: number): SizeCheckError {
  const what = 'a value does not use up its source';
  try {
    if (isDisposable(value)) value[Symbol.dispose]();
  } catch (cause) {
    return new SizeCheckError(what, expected, actual, { cause });
  }
  return new SizeCheckError(what, expected, actual);
}

function isDisposable(value: unknown): value is Disposable {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Disposable>)[Symbol.dispose] === 'function'
  );
}
