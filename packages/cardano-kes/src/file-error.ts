import { EvolockError } from '@evolock/kes-sum';

const explanations = {
  'not-found': 'there is no such file',
  'no-folder': 'its folder does not exist',
  'no-permission': 'the system does not permit it',
  'symbolic-link': 'it is a symbolic link, which is not followed here: name the file itself',
  'foreign-link': 'it is a symbolic link to a file of another user: name the file itself',
  'not-regular': 'it is no regular file',
  'readable-by-others': 'its mode lets the group or others in: chmod 600',
  'too-large': 'it is too large for a key, a certificate or a counter',
  changed: 'it was changed, or replaced by another, meanwhile: try again',
  'read-only': 'its mode does not let its owner write to it: chmod u+w',
  'several-names':
    'it has more than one name (hard links), and overwriting its old content would leave zeros under the others: remove them',
  'several-counters':
    'it has more than one name (hard links), and would keep the old number under the others, which would be used twice: remove them',
  exists: 'there is a file of that name already',
  locked:
    'another run is at work on it, or one was killed that cannot be seen from here, on another machine or in a container: when none is running, remove the lock file',
  system: 'the system refused',
  'left-behind':
    'writing failed, and a temporary file beside it could not be removed: remove it, it may hold a key',
  'second-name':
    'the new file is in place and on the disk; a second name of it, its temporary one beside it, could not be removed: remove that name',
  'not-durable':
    'the new file is in place, but the system does not confirm that it is on the disk; the old content was left alone',
  'old-not-erased':
    'the new file is in place and on the disk, but the old content could not be overwritten',
} as const;

/** Why a file could not be read or written. */
export type FileErrorReason = keyof typeof explanations;

/**
 * A file could not be read or written. What was at the path is there as it was, except for `not-durable`, `second-name`
 * and `old-not-erased`, which say so, and for `left-behind` where a new file had got its name already.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { readKesSigningKey } from '@evolock/cardano-kes';
 *
 * assert.throws(() => readKesSigningKey('no-such.skey'), {
 *   code: 'ERR_EVOLOCK_CARDANO_FILE',
 *   reason: 'not-found',
 *   path: 'no-such.skey',
 * });
 * ```
 */
export class FileError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_FILE';
  /** Why. */
  readonly reason: FileErrorReason;
  /** The file. */
  readonly path: string;
  /** What the system said, `ENOSPC` for instance, where it said anything. */
  readonly systemCode: string | undefined;

  constructor(reason: FileErrorReason, path: string, options?: ErrorOptions) {
    const systemCode = systemCodeOf(options?.cause);
    const detail = systemCode === undefined ? '' : ` (${systemCode})`;
    super(`${path}: ${explanations[reason]}${detail}`, options);
    this.reason = reason;
    this.path = path;
    this.systemCode = systemCode;
  }
}

function systemCodeOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && !code.startsWith('ERR_EVOLOCK') ? code : undefined;
}

const reasons = new Map<string | undefined, FileErrorReason>([
  ['ENOENT', 'not-found'],
  ['EACCES', 'no-permission'],
  ['EPERM', 'no-permission'],
  ['EROFS', 'no-permission'],
  ['ELOOP', 'symbolic-link'],
  ['EISDIR', 'not-regular'],
  ['ENXIO', 'not-regular'],
  ['EEXIST', 'exists'],
]);

/**
 * Asks the system for something, and says in an error of this package what it refused.
 *
 * @param path - The file that it is about.
 * @param call - What asks.
 * @param reason - What to say when the system's own reason is not to be told.
 *
 * @internal
 */
export function attempt<Result>(
  path: string,
  call: () => Result,
  reason?: FileErrorReason,
): Result {
  try {
    return call();
  } catch (cause) {
    throw new FileError(reason ?? reasons.get(systemCodeOf(cause)) ?? 'system', path, { cause });
  }
}
