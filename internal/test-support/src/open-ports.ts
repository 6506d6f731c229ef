import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Why the open ports of a process cannot be read here; `undefined` on Linux. */
export const whyNoPorts = process.platform === 'linux' ? undefined : 'only Linux has /proc';

/** State of a socket that listens, in `/proc/PID/net/tcp`. */
const LISTENS = '0A';

/** The TCP ports at which a process listens, the one of an inspector of Node.js among them. Source: proc(5). */
export function openPortsOf(pid: number): number[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        // It was closed meanwhile.
        return '';
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENS && own.has(`socket:[${fields[9]}]`))
      .map((fields) => Number.parseInt(fields[1]!.split(':').at(-1)!, 16)),
  );
}

/** Whether a process blocks or handles SIGUSR1: then the signal does not end it any more. */
export function survivesSigusr1(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const masks = [...status.matchAll(/^Sig(?:Blk|Cgt):\s*([0-9a-f]+)$/gm)];
  return masks.some(([, mask]) => (BigInt(`0x${mask}`) & (1n << 9n)) !== 0n);
}
