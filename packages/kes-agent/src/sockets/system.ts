/** What sockets need of the system: calls with errors that name the socket, limits, groups, the umask and the runtime. */
import { readFileSync } from 'node:fs';
import { systemCodeOf } from '@evolock/direct-serialise/system-words';
import { SocketError } from '../errors.js';

/** Calls the system. */
export function systemCall<Result>(path: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw new SocketError('system', path, { detail: systemCodeOf(cause), cause });
  }
}

/** Refuses a path for whose bytes the address of a Unix socket has no room. Node.js would use a part of it. */
export function checkLength(path: string): void {
  const size = Buffer.byteLength(path);
  const longest = process.platform === 'linux' ? 107 : 103;
  if (size <= longest) return;
  const detail = `${String(size)} bytes, at most ${String(longest)}`;
  throw new SocketError('path-too-long', path, { detail });
}

/**
 * The number of a group; `undefined` when its name is not in `/etc/group`. It is looked up only there: Node.js has no function
 * for it.
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

/**
 * Calls a function with a umask, the permissions that new files do not get. It belongs to the whole process: nothing else of
 * this thread runs meanwhile, and the mode of what other threads create can only become stricter by it.
 */
export function withUmask<Result>(mask: number, call: () => Result): Result {
  const before = process.umask(mask);
  try {
    return call();
  } finally {
    process.umask(before);
  }
}
