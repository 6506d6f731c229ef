import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const CHUNK = 1 << 22;

/** How often a needle occurs in the writable memory of another process. Linux only. */
export function countInProcess(pid: number, needle: Uint8Array): number {
  const fd = openSync(`/proc/${pid}/mem`, 'r');
  try {
    let count = 0;
    for (const [start, end] of writableMappings(pid)) count += countIn(fd, start, end, needle);
    return count;
  } finally {
    closeSync(fd);
  }
}

function writableMappings(pid: number): [start: number, end: number][] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n');
  return lines.flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    return match === null ? [] : [[parseInt(match[1]!, 16), parseInt(match[2]!, 16)]];
  });
}

function countIn(fd: number, start: number, end: number, needle: Uint8Array): number {
  const overlap = needle.byteLength - 1;
  const buffer = Buffer.alloc(CHUNK + overlap);
  let count = 0;
  for (let position = start; position < end; position += CHUNK) {
    const length = Math.min(buffer.byteLength, end - position);
    let read: number;
    try {
      read = readSync(fd, buffer, 0, length, position);
    } catch {
      // Memory of a device, or unmapped meanwhile.
      return count;
    }
    const bytes = buffer.subarray(0, read);
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) count += 1;
  }
  return count;
}
