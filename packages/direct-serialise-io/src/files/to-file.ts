import { directSerialiseBufChecked, type DirectSerialise } from '@evolock/direct-serialise';
import { checkMethod, checkOptions } from '@evolock/direct-serialise/arguments';
import type { AllocationOptions } from '@evolock/mlocked-bytes';
import { checkIoSize } from '../io-size.js';
import { writeDurably } from './durable-file.js';
import { replacedBy, type FileIdentity } from './file-identity.js';
import { withLockedMemory } from './locked-memory.js';
import { checkPath } from './path.js';

/** Options of writing a file. */
export interface FileWriteOptions extends AllocationOptions {
  /**
   * Whether a file of that name is replaced. When it is not and there is one, nothing is written. With an identity, only
   * that very file is replaced, and only if it was not written to since: {@link identityOfFile} gives it.
   */
  readonly replace?: boolean | FileIdentity | undefined;
}

/**
 * Writes a value to a file that only its owner can read and write (mode 0600), and returns when the content and the name
 * are on the disk.
 *
 * The content is completed and flushed under a temporary name beside the file, and gets the name of the file in one step.
 * With `options.replace` the old content is then overwritten with zeros, and the file is read again and compared. If the
 * process or the machine stops at any moment, the whole old content or the whole new content has the name. No symbolic
 * link is followed.
 *
 * The file is written under its lock, which {@link withLockFile} takes: two runs never replace a file at the same time.
 *
 * Overwriting has limits: copy-on-write file systems, snapshots, backups and flash memory keep the old content.
 *
 * @param path - Text or a `file:` URL. Its directory has to exist.
 * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
 * @param value - What is written. It is staged in locked memory.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; its `reason` says whether the new content is in place.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import {
 *   directDeserialiseFromFile,
 *   directSerialiseToFile,
 *   withLockFile,
 * } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const path = join(folder, 'key');
 * const first = MLockedBytes.newZeroed(32);
 * directSerialiseToFile(path, 32, first);
 * first.release();
 *
 * // A key moves on in its file: no other run changes the file between reading and writing.
 * withLockFile(path, () => {
 *   const key = directDeserialiseFromFile(path, 32, MLockedBytes.type(32));
 *   try {
 *     key.withBytes((bytes) => void bytes.fill(1));
 *     directSerialiseToFile(path, 32, key, { replace: true });
 *   } finally {
 *     key.release();
 *   }
 * });
 * rmSync(folder, { recursive: true });
 * ```
 */
export function directSerialiseToFile(
  path: string | URL,
  size: number,
  value: DirectSerialise,
  options?: FileWriteOptions,
): void {
  const file = checkPath(path);
  checkIoSize(size);
  checkMethod('value', value, 'directSerialise');
  const { allocator, replace } = checkOptions<FileWriteOptions>(options);
  const durably = { ...replacedBy(replace), secret: true, allocator };
  withLockedMemory(size, { allocator }, (bytes) => {
    directSerialiseBufChecked(bytes, value);
    writeDurably(file, bytes, durably);
  });
}
