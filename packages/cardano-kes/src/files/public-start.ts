/** Inspects the beginning of a file before other code reads it: the path of a public file may lead to a signing key. */
import { publicStart, type PublicStart } from '@evolock/cardano-headers/files';
import { checkInteger } from '@evolock/direct-serialise/arguments';
import { withLockedMemory } from '@evolock/direct-serialise-io/files';
import { readSome } from './envelope-file.js';

const LARGEST_DESCRIPTOR = 2 ** 31 - 1;

/**
 * Reads at most 16,384 bytes of a public file, also of a pipe or a terminal, into locked memory, and copies them to ordinary
 * memory unless they are a text envelope that names a signing key. Waits for bytes. Reads no more than the decision needs.
 * The descriptor is then positioned after these bytes.
 *
 * @param descriptor - Open for reading.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readPublicStart(descriptor: number): PublicStart {
  const fd = checkInteger('descriptor', descriptor, 0, LARGEST_DESCRIPTOR);
  const name = `descriptor ${String(fd)}`;
  return publicStart(
    (memory) => readSome(name, fd, memory),
    (size, use) => withLockedMemory(size, undefined, use),
  );
}
