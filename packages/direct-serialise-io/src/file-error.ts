import { EvolockError } from '@evolock/direct-serialise';

const explanations = {
  exists: 'there is a file of that name already, which is never overwritten',
  'symbolic-link': 'it is a symbolic link that is not followed',
  'foreign-link': 'it is a symbolic link to a file of another user: name the file itself',
  'not-regular': 'it is no regular file',
  'readable-by-others': 'its mode lets the group or others in: chmod 600',
  'left-behind':
    'writing failed, and the unfinished file could not be overwritten or not be removed: see to it, it may hold a part of the value',
} as const;

/** Why a file was refused. */
export type FileErrorReason = keyof typeof explanations;

/**
 * A file is not one for a key: it exists already, is a link, no regular file, or open to others.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { tmpdir } from 'node:os';
 * import { directDeserialiseFromFile, FileError } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * assert.throws(() => directDeserialiseFromFile(tmpdir(), 32, MLockedBytes.type(32)), (error) => {
 *   assert(error instanceof FileError);
 *   assert.equal(error.code, 'ERR_EVOLOCK_IO_FILE');
 *   assert.equal(error.reason, 'not-regular');
 *   return true;
 * });
 * ```
 */
export class FileError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_FILE';
  /** Which of the rules it breaks. */
  readonly reason: FileErrorReason;
  /** The file. */
  readonly path: string;

  constructor(reason: FileErrorReason, path: string, options?: ErrorOptions) {
    super(`${path}: ${explanations[reason]}`, options);
    this.reason = reason;
    this.path = path;
  }
}
