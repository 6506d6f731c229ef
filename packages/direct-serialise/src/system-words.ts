/**
 * What an error of the system on a file means, in words that all packages share.
 *
 * @module
 */

const REFUSED = 'the system refuses it';

/** What is wrong and what to do, by the code of the system's error. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'a part of its path is not a directory'],
  ['EISDIR', 'it is a directory, not a file'],
  [
    'EACCES',
    'no permission: run as its owner or as root; an owner without access gets it by chmod u+rw (its folder, chmod u+rwx)',
  ],
  [
    'EPERM',
    'not permitted: run as its owner, and take attributes away that forbid it, from it or from its folder (lsattr, lsattr -d; chattr -a -i)',
  ],
  ['ELOOP', 'its symbolic links form a loop'],
  ['ENOSPC', 'the disk is full: free some space and try again'],
  ['EROFS', 'its file system is read-only'],
  [
    'ERR_ACCESS_DENIED',
    'Node.js runs with --permission: to read a file, allow it with --allow-fs-read; files are written without --permission only, which disables fsync and fchmod whatever is allowed',
  ],
]);

/** The words for a code of the system, or for none: what is wrong, and what to do. */
export function wordsOfCode(code: string | undefined): string {
  if (code === undefined) return REFUSED;
  return reasons.get(code) ?? `${REFUSED} (${code})`;
}

/** The words for an error of the system on a file, or of an evolock package with such a cause: what is wrong, and what to do. */
export function systemWords(cause: unknown): string {
  return wordsOfCode(systemCodeOf(cause));
}

/** The code of a system's error, also of an error of an evolock package with such a cause. */
export function systemCodeOf(cause: unknown): string | undefined {
  const { code, systemCode } = (cause ?? {}) as { code?: unknown; systemCode?: unknown };
  if (typeof systemCode === 'string') return systemCode;
  return typeof code === 'string' && !code.startsWith('ERR_EVOLOCK') ? code : undefined;
}
