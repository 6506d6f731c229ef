import { readSync, writeSync } from 'node:fs';
import {
  directDeserialiseFromChecked,
  directSerialiseToChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkInteger, checkOptions } from '@evolock/direct-serialise/arguments';
import { withMLockedBytes, type AllocationOptions } from '@evolock/mlocked-bytes';
import { ClosedEarlyError } from './closed-early-error.js';
import { checkIoSize } from './io-size.js';
import { attempt } from './stream-error.js';
import { SurplusError } from './surplus-error.js';

const MAX_DESCRIPTOR = 2_147_483_647;

/** Options of a read; they are handed on to the type, the allocator among them. */
export interface ReadOptions extends AllocationOptions {
  /** Whether the source has to end behind the value; when it does not, what follows is left for the next read. */
  readonly last?: boolean | undefined;
}

/**
 * Writes a value to an open file descriptor: a file, a pipe, a socket of a parent process.
 *
 * Every block goes from its locked memory straight to the kernel, at the descriptor's position; partial writes are
 * continued. The size is checked in a pass of its own before the first byte is written.
 *
 * The descriptor has to be a blocking one: a full pipe in non-blocking mode is a {@link StreamError} with
 * `systemCode` `EAGAIN`, and nothing is tried again. The descriptor is never closed. After a {@link StreamError} a part
 * of the value may have been written; after every other error nothing has.
 *
 * @param fd - The descriptor.
 * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
 * @param value - What is written.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the system refuses.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { closeSync, openSync } from 'node:fs';
 * import { devNull } from 'node:os';
 * import { directSerialiseToDescriptor } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const key = MLockedBytes.newZeroed(32);
 * const fd = openSync(devNull, 'w');
 * directSerialiseToDescriptor(fd, 32, key);
 * closeSync(fd);
 * key.release();
 * ```
 */
export function directSerialiseToDescriptor(
  fd: number,
  size: number,
  value: DirectSerialise,
): void {
  checkDescriptor(fd);
  checkIoSize(size);
  directSerialiseToChecked(measureOnly, size, value);
  directSerialiseToChecked((_offset, block) => writeBlock(fd, block), size, value);
}

function measureOnly(): void {
  // Counting the blocks is the helper's work: a value of the wrong size is found before any of it is written.
}

function writeBlock(fd: number, block: Uint8Array): void {
  let done = 0;
  while (done < block.byteLength) {
    done += attempt('writing', () => writeSync(fd, block, done, block.byteLength - done));
  }
}

/**
 * Reads a value from an open file descriptor straight into the locked memory in which it will live.
 *
 * Exactly `size` bytes are read, from the descriptor's position; partial reads are continued. What follows is left
 * for the next read, or refused with `last`, which reads one byte more (on a pipe: waits until the writer closes).
 *
 * The descriptor has to be a blocking one: an empty pipe in non-blocking mode is a {@link StreamError} with
 * `systemCode` `EAGAIN`, and nothing is tried again. The descriptor is never closed. After an error everything that had
 * been read is wiped, and lost to the source: its position is somewhere within the value.
 *
 * @param fd - The descriptor.
 * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
 * @param type - What is read.
 * @param options - `last`, and what is handed on to the type.
 * @throws {@link ClosedEarlyError} `ERR_EVOLOCK_IO_CLOSED_EARLY` when the source ends within the value.
 * @throws {@link SurplusError} `ERR_EVOLOCK_IO_SURPLUS` with `last`, when bytes follow.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the system refuses.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the type takes more or fewer bytes.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the type is asynchronous.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { closeSync, openSync } from 'node:fs';
 * import { directDeserialiseFromDescriptor } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const fd = openSync(process.execPath, 'r');
 * const bytes = directDeserialiseFromDescriptor(fd, 32, MLockedBytes.type(32));
 * closeSync(fd);
 * bytes.release();
 * ```
 */
export function directDeserialiseFromDescriptor<T, Options extends object = object>(
  fd: number,
  size: number,
  type: DirectDeserialise<T, Options>,
  options?: Options & ReadOptions,
): T {
  checkDescriptor(fd);
  checkIoSize(size);
  const { last = false } = checkOptions<ReadOptions>(options);
  return readValue({ fd, size, last }, type, options);
}

/** What is read from. */
interface Reading {
  readonly fd: number;
  readonly size: number;
  readonly last: boolean;
}

/**
 * Reads a value. The options go to the type as the caller made them.
 *
 * @internal
 */
export function readValue<T, Options extends object>(
  { fd, size, last }: Reading,
  type: DirectDeserialise<T, Options>,
  options: (Options & AllocationOptions) | undefined,
): T {
  const read = (offset: number, block: Uint8Array): void => {
    readBlock(fd, block, size, offset);
    // Within the last block's call, so that the type itself wipes what it holds when the source goes on.
    if (last && offset + block.byteLength === size) refuseSurplus(fd, size, options);
  };
  return directDeserialiseFromChecked(read, size, type, options);
}

function readBlock(fd: number, block: Uint8Array, size: number, offset: number): void {
  let done = 0;
  while (done < block.byteLength) {
    const count = readSome(fd, block, done);
    if (count === 0) throw new ClosedEarlyError(size, offset + done);
    done += count;
  }
}

function readSome(fd: number, block: Uint8Array, offset: number): number {
  return attempt('reading', () => readSync(fd, block, offset, block.byteLength - offset, null));
}

/** The byte behind a key may belong to another key: it is read into locked memory as well. */
function refuseSurplus(fd: number, size: number, options: AllocationOptions | undefined): void {
  withMLockedBytes(
    1,
    (probe) => {
      const count = probe.withBytes((byte) => readSome(fd, byte, 0));
      if (count > 0) throw new SurplusError(size, size + count);
    },
    options,
  );
}

function checkDescriptor(fd: unknown): void {
  checkInteger('fd', fd, 0, MAX_DESCRIPTOR);
}
