import { readSync, writeSync } from 'node:fs';
import {
  directDeserialiseFromChecked,
  directSerialiseToChecked,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkInteger } from '@evolock/direct-serialise/arguments';
import {
  allocationOptionNames,
  withMLockedBytes,
  type AllocationOptions,
  type MLockedAllocator,
} from '@evolock/mlocked-bytes';
import { ClosedEarlyError, StreamError, SurplusError } from './errors.js';
import { sizeOfType, sizeOfValue, type ReadableType } from './staging.js';
import { checkTypeOptions } from './type-options.js';

const MAX_DESCRIPTOR = 2_147_483_647;

/** Options of a read. Those of the type are passed on to it, and the allocator. */
export interface ReadOptions extends AllocationOptions {
  /** Whether the source must end after the value. Otherwise later bytes are left for the next read. */
  readonly last?: boolean | undefined;
}

const readOptionNames = [...allocationOptionNames, 'last'] as const;

/**
 * Writes a value to an open file descriptor: a file, a pipe, a socket of a parent process. It has 1 byte to
 * {@link MAX_IO_SIZE}.
 *
 * Each block is written from its locked memory straight to the kernel, at the position of the descriptor. Partial writes
 * are continued. The value is serialised twice: once to count its bytes.
 *
 * The descriptor must be blocking: a full pipe in non-blocking mode throws {@link StreamError} with `systemCode` `EAGAIN`.
 * The descriptor is never closed. After a {@link StreamError} a part of the value may be written, after another error
 * nothing is.
 *
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the system refuses.
 */
export function directSerialiseToDescriptor(fd: number, value: DirectSerialise): void {
  checkDescriptor(fd);
  const size = sizeOfValue(value);
  directSerialiseToChecked((_offset, block) => writeBlock(fd, block), size, value);
}

/** Calls the system, and converts its error. */
function attemptOn<Result>(what: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw new StreamError(`${what} failed`, cause);
  }
}

function writeBlock(fd: number, block: Uint8Array): void {
  let done = 0;
  while (done < block.byteLength) {
    done += attemptOn('writing', () => writeSync(fd, block, done, block.byteLength - done));
  }
}

/**
 * Reads a value of 1 byte to {@link MAX_IO_SIZE} from an open file descriptor straight into its locked memory.
 *
 * Reads the bytes of one value from the position of the descriptor. Partial reads are continued. Later bytes are left for the
 * next read, or refused with `last`, which reads one more byte (on a pipe: waits until the writer closes).
 *
 * The descriptor must be blocking, and is never closed, as for {@link directSerialiseToDescriptor}. After an error all read
 * bytes are wiped, and the position is within the value.
 *
 * @throws {@link ClosedEarlyError} `ERR_EVOLOCK_IO_CLOSED_EARLY` when the source ends within the value.
 * @throws {@link SurplusError} `ERR_EVOLOCK_IO_SURPLUS` with `last`, when bytes follow.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the system refuses.
 */
export function directDeserialiseFromDescriptor<T, Options extends object = object>(
  fd: number,
  type: ReadableType<T, Options>,
  options?: Options & ReadOptions,
): T {
  checkDescriptor(fd);
  const size = sizeOfType(type);
  const { last = false, ...rest } = checkTypeOptions<ReadOptions>(type, options, readOptionNames);
  const read = (offset: number, block: Uint8Array): void => {
    for (let done = 0; done < block.byteLength;) {
      const count = readSome(fd, block, done);
      if (count === 0) throw new ClosedEarlyError(size, offset + done);
      done += count;
    }
    // Within the call for the last block, so that the type wipes its memory when the source continues.
    if (last && offset + block.byteLength === size) refuseSurplus(fd, size, rest.allocator);
  };
  return directDeserialiseFromChecked(read, size, type, rest as Options);
}

function readSome(fd: number, block: Uint8Array, offset: number): number {
  return attemptOn('reading', () => readSync(fd, block, offset, block.byteLength - offset, null));
}

/** The byte after a key may belong to another key, so it is read into locked memory too. */
function refuseSurplus(fd: number, size: number, allocator: MLockedAllocator | undefined): void {
  withMLockedBytes(
    1,
    (probe) => {
      const count = probe.withBytes((byte) => readSome(fd, byte, 0));
      if (count > 0) throw new SurplusError(size, size + count);
    },
    { allocator },
  );
}

function checkDescriptor(fd: unknown): void {
  checkInteger('fd', fd, 0, MAX_DESCRIPTOR);
}
