import { fstatSync, readSync } from 'node:fs';
import { firstSightOf } from '@evolock/cardano-kes';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';

/** What a text envelope may begin with: a brace, white space, a byte order mark. */
const BEGINNINGS: ReadonlySet<number> = new Set([0x7b, 0x20, 0x09, 0x0a, 0x0d, 0xef]);

/**
 * Refuses the file of a signing key where something public is to be read, before anything of it is in ordinary memory:
 * but for the first byte, by which most of what is public is known, without locked memory, not to be one.
 *
 * @param path - What messages call it.
 * @param fd - Open for reading; its position stays.
 */
export function refuseKey(path: string, fd: number): void {
  if (!fstatSync(fd).isFile()) return;
  const first = Buffer.alloc(1);
  if (readSync(fd, first, 0, 1, 0) === 0 || !BEGINNINGS.has(first[0]!)) return;
  const { isObject, namesSigningKey } = firstSightOf(fd);
  if (!isObject || !namesSigningKey) return;
  throw new CommandError(
    'invalid',
    `${printable(path)}: it looks like the file of a signing key, which is not read for anything else: name another file`,
  );
}
