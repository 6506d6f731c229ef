/** Modes and owners of files, for a person. */
import type { Stats } from 'node:fs';
import { userInfo } from 'node:os';

/** The mode in octal digits. */
export function modeInWords({ mode }: Pick<Stats, 'mode'>): string {
  return `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
}

/** The owner and the group. Node.js knows the name of the own user only. */
export function ownerInWords({ uid, gid }: Pick<Stats, 'uid' | 'gid'>): string {
  const own = userInfo();
  const owner = uid === own.uid ? `${own.username} (this user)` : `user ${uid}`;
  return `owner ${owner}, group ${gid}`;
}
