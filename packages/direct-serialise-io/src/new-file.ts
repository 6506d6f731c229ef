import { fstatSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DirectSerialise } from '@evolock/direct-serialise';
import { checkMethod } from '@evolock/direct-serialise/arguments';
import { andClose } from './and-close.js';
import { directSerialiseToDescriptor } from './descriptor.js';
import { FileError } from './file-error.js';
import { checkIoSize } from './io-size.js';
import { checkPath } from './path.js';
import { attempt, StreamError } from './stream-error.js';

const OWNER_ONLY = 0o600;

/**
 * Writes a value to a new file that only its owner can read and write (mode 0600), and returns when the file and its
 * name are on the disk.
 *
 * Nothing is ever overwritten, and no symbolic link is followed. When anything fails, what had been written is
 * overwritten with zeros and the file removed; only when nothing but closing it fails, it is there whole. A process that is killed meanwhile leaves a short file, which
 * {@link directDeserialiseFromFile} refuses by its size.
 *
 * @param path - Where: text or a `file:` URL. The directory has to exist.
 * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
 * @param value - What is written.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `exists`; or `left-behind` when the file could not be
 * overwritten or removed after a failure, with both errors in its `cause`.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the system refuses.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync, statSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { directSerialiseToNewFile } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const key = MLockedBytes.newZeroed(32);
 * directSerialiseToNewFile(join(directory, 'key'), 32, key);
 * assert.equal(statSync(join(directory, 'key')).size, 32);
 * key.release();
 * rmSync(directory, { recursive: true });
 * ```
 */
export function directSerialiseToNewFile(
  path: string | URL,
  size: number,
  value: DirectSerialise,
): void {
  const file = checkPath(path);
  checkIoSize(size);
  checkMethod('value', value, 'directSerialise');
  const fd = create(file);
  andClose('the file, which is whole and on the disk,', fd, () => {
    try {
      directSerialiseToDescriptor(fd, size, value);
      attempt('flushing the file', () => fsyncSync(fd));
      syncDirectory(dirname(file));
    } catch (error) {
      discard(fd, file, error);
      throw error;
    }
  });
}

function create(path: string): number {
  try {
    return openSync(path, 'wx', OWNER_ONLY);
  } catch (cause) {
    const error = new StreamError('creating the file failed', cause);
    throw error.systemCode === 'EEXIST' ? new FileError('exists', path, { cause }) : error;
  }
}

/** A file's name is on the disk when its directory is. Windows cannot open one. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const fd = attempt('opening the directory', () => openSync(path, 'r'));
  andClose('the directory', fd, () => attempt('flushing the directory', () => fsyncSync(fd)));
}

function discard(fd: number, path: string, error: unknown): void {
  const failures: unknown[] = [];
  for (const step of [() => overwrite(fd), () => unlinkSync(path)]) {
    try {
      step();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) {
    const cause = new AggregateError([error, ...failures], 'what failed, and then the clearing up');
    throw new FileError('left-behind', path, { cause });
  }
}

function overwrite(fd: number): void {
  const zeros = new Uint8Array(fstatSync(fd).size);
  let done = 0;
  while (done < zeros.byteLength) {
    done += writeSync(fd, zeros, done, zeros.byteLength - done, done);
  }
  fsyncSync(fd);
}
