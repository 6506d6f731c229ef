/** Names of groups. Node.js has no function that looks one up. */
import { readFileSync } from 'node:fs';

/**
 * The number of a group. A name is looked up in `/etc/group` only.
 *
 * @returns `undefined` when the name is not there.
 */
export function numberOfGroup(group: string | number): number | undefined {
  if (typeof group === 'number') return group;
  if (/^\d+$/.test(group)) return Number(group);
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [name, , number] = line.split(':');
    if (name === group) return Number(number);
  }
  return undefined;
}
