/** Users and groups by their names, for words that a person reads. */
import { readFileSync } from 'node:fs';

/** The name of a user; its number when this machine has no name for it. */
export function userName(uid: number): string {
  return nameIn('/etc/passwd', uid);
}

/** The name of a group; its number when this machine has no name for it. */
export function groupName(gid: number): string {
  return nameIn('/etc/group', gid);
}

/** A line of these files begins with the name, a password and the number. */
function nameIn(path: string, id: number): string {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    const found = lines.map((line) => line.split(':')).find(([, , number]) => number === `${id}`);
    return found?.[0] ?? `${id}`;
  } catch {
    // Not every system has them.
    return `${id}`;
  }
}
