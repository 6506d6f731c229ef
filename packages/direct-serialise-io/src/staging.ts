/** Locked memory for the time of a transfer, and the largest value of a transfer. */
import {
  directSerialiseTo,
  MAX_SIZE,
  type DirectDeserialise,
  type DirectSerialise,
  type SizedType,
} from '@evolock/direct-serialise';
import { checkInteger, checkMethod } from '@evolock/direct-serialise/arguments';
import { mappingAllocator, MLockedBytes, type AllocationOptions } from '@evolock/mlocked-bytes';
import { filled, unsoundMemory } from '@evolock/mlocked-bytes/unsound';

/**
 * The largest value of a transfer, in bytes: 1 MiB. A value for a socket is staged in locked memory as a whole, and an
 * ordinary user may lock some 8 MiB in all.
 */
export const MAX_IO_SIZE = 1_048_576;

/** The bytes of a value, 1 to {@link MAX_IO_SIZE}. */
export function sizeOfValue(value: DirectSerialise): number {
  const size = directSerialiseTo(() => undefined, MAX_SIZE, value);
  return checkInteger('bytes of the value', size, 1, MAX_IO_SIZE);
}

/** A type whose values have one size: an algorithm of signing keys, `MLockedBytes.type(size)`, or one with a `size`. */
export type ReadableType<T, Options extends object = object> =
  SizedType<T, Options> | (DirectDeserialise<T, Options> & { readonly signingKeySize: number });

/** The bytes of the values of a type, 1 to {@link MAX_IO_SIZE}. */
export function sizeOfType(type: ReadableType<unknown, never>): number {
  checkMethod('type', type, 'directDeserialise');
  return 'size' in type
    ? checkInteger('type.size', type.size, 1, MAX_IO_SIZE)
    : checkInteger('type.signingKeySize', type.signingKeySize, 1, MAX_IO_SIZE);
}

/**
 * Locked bytes for a transfer, in a mapping of their own unless the caller gives an allocator. They are wiped when `fill`
 * throws.
 */
export function newStaging(
  size: number,
  options: AllocationOptions,
  fill?: (memory: Uint8Array) => void,
): MLockedBytes {
  const { allocator = mappingAllocator } = options;
  const bytes = MLockedBytes.newZeroed(size, { allocator });
  return fill === undefined ? bytes : filled(bytes, fill);
}

/** Lends locked memory of `size` bytes for the duration of a call, and wipes it. */
export function withLockedMemory<Result>(
  size: number,
  options: AllocationOptions | undefined,
  use: (memory: Uint8Array) => Result,
): Result {
  // A value and no slot: when a time limit of `node:vm` ends the call without its `finally`, the collector wipes it.
  const bytes = MLockedBytes.newZeroed(size, options);
  try {
    return use(unsoundMemory(bytes));
  } finally {
    bytes.release();
  }
}
