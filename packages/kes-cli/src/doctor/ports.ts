/** The TCP ports at which a process listens: of a process that has none of its own, that of the inspector of Node.js. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State of a socket that listens, in `/proc/PID/net/tcp`. */
const LISTENS = '0A';

/**
 * The ports of a process. Source: proc(5).
 *
 * @returns `undefined` where the system does not show them: to another user, and on everything but Linux.
 */
export function openPortsOf(pid: number): readonly number[] | undefined {
  try {
    const own = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(pid, fd)));
    return ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(
          ([, , , state, , , , , , inode = '']) =>
            state === LISTENS && own.has(`socket:[${inode}]`),
        )
        .map(([, address = '']) => Number.parseInt(address.split(':').at(-1) ?? '', 16)),
    );
  } catch {
    return undefined;
  }
}

function targetOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    // It was closed meanwhile.
    return '';
  }
}
