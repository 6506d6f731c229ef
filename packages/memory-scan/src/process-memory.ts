import { closeSync, openSync, readSync } from 'node:fs';
import { little } from './encodings.js';
import { noProcess, onProcess, type Mapping } from './process.js';

/** The addresses from `start` to `end`, which is excluded. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** The memory of another process, open for reading. */
export class ProcessMemory {
  readonly #pid: number;
  readonly #memory: number;
  readonly #pages: number | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    this.#memory = onProcess(pid, () => openSync(`/proc/${pid}/mem`, 'r'));
    this.#pages = openOrNothing(`/proc/${pid}/pagemap`);
  }

  /** Reads until a page cannot be read, and returns the number of bytes read. Throws when the process has ended. */
  read(target: Uint8Array, address: number): number {
    let done = 0;
    while (done < target.length) {
      let read: number;
      try {
        read = readSync(this.#memory, target, done, target.length - done, address + done);
      } catch {
        return done;
      }
      // The kernel returns EIO for a page, and 0 for an address space that is gone.
      if (read === 0)
        throw noProcess(this.#pid, 'it ended, or became another program, during the scan');
      done += read;
    }
    return done;
  }

  /**
   * The pages of a mapping that are in memory or in swap. The others are zeros, or the scan would fetch them from a file.
   * Large reservations thus cost no time. Source: the kernel's Documentation/admin-guide/mm/pagemap.rst.
   */
  residentRanges(mapping: Mapping, pageSize: number): AddressRange[] {
    const { start, end, resident } = mapping;
    if (resident === 0) return [];
    if (this.#pages === undefined) return [{ start, end }];
    const ranges: AddressRange[] = [];
    const entries = new Uint32Array(2 * PAGES_AT_ONCE);
    for (let at = start; at < end; at += PAGES_AT_ONCE * pageSize) {
      const pages = Math.min(PAGES_AT_ONCE, (end - at) / pageSize);
      const bytes = new Uint8Array(entries.buffer, 0, 8 * pages);
      const file = this.#pages;
      const read = onProcess(this.#pid, () =>
        readSync(file, bytes, 0, bytes.length, (at / pageSize) * 8),
      );
      if (read !== bytes.length) {
        throw noProcess(this.#pid, 'it ended, or became another program, during the scan');
      }
      for (let page = 0; page < pages; page += 1) {
        const entry = entries[2 * page + UPPER_HALF]!;
        if ((entry & PRESENT_OR_SWAPPED) === 0) continue;
        appendRange(ranges, { start: at + page * pageSize, end: at + (page + 1) * pageSize });
      }
    }
    return ranges;
  }

  /** Closes the files. */
  close(): void {
    closeSync(this.#memory);
    if (this.#pages !== undefined) closeSync(this.#pages);
  }
}

const PAGES_AT_ONCE = 8192;
const UPPER_HALF = little ? 1 : 0;
/** Bits 63 and 62 of an entry. */
const PRESENT_OR_SWAPPED = 0xc0000000;

/** Some kernels have no page map. Then all pages are read. */
function openOrNothing(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

/** Adds a range at the end, and joins it with an adjacent last range. */
export function appendRange(ranges: AddressRange[], range: AddressRange): void {
  const last = ranges.at(-1);
  if (last?.end === range.start) ranges[ranges.length - 1] = { start: last.start, end: range.end };
  else ranges.push(range);
}
