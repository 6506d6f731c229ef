import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkedText } from './arguments.js';
import { argumentError, MemoryScanError } from './errors.js';
import { sortHits } from './search/hit.js';
import { type MaskedNeedle } from './search/masked-needle.js';
import { patternTable } from './search/pattern-table.js';
import { type FileReport } from './report.js';
import { checkNeedles, type ScanOptions, wantedEncodings } from './scan-options.js';
import { Search } from './search/search.js';

/**
 * Reports each copy of a needle in a file: a core dump, a heap snapshot, a log. Works on each platform.
 *
 * @param path - A file of any size: text or a `file:` URL.
 * @param needles - At least one needle.
 * @param options - Encodings.
 * @returns Findings whose `address` is the offset in the file.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_FILE` when the file cannot be read, with the system's error as
 * `cause`; `ERR_MEMORY_SCAN_NEEDLE` or `ERR_MEMORY_SCAN_ARGUMENT`.
 */
export function scanFile(
  path: string | URL,
  needles: readonly MaskedNeedle[],
  options?: ScanOptions,
): FileReport {
  const name = checkedPath(path);
  checkNeedles(needles);
  const table = patternTable(needles, wantedEncodings(options));
  const search = withFile(name, (file, size) => {
    const made = new Search(table, (target, position) => readFully(file, target, position));
    try {
      if (made.range(0, size) < size) throw new Error('the file became shorter during the scan');
    } finally {
      made.wipe();
    }
    return made;
  });
  return { findings: sortHits(search.hits), searched: search.searched };
}

function checkedPath(path: string | URL): string {
  if (!(path instanceof URL)) return checkedText('a path', path);
  if (path.protocol !== 'file:') throw argumentError('the URL of a file must begin with file:');
  return fileURLToPath(path);
}

function withFile<Result>(path: string, work: (file: number, size: number) => Result): Result {
  try {
    const file = openSync(path, 'r');
    try {
      const status = fstatSync(file);
      if (!status.isFile()) throw new Error('it is not a regular file');
      return work(file, status.size);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new MemoryScanError('ERR_MEMORY_SCAN_FILE', `cannot scan the file ${path}`, {
      cause,
    });
  }
}

function readFully(file: number, target: Uint8Array, position: number): number {
  let done = 0;
  while (done < target.length) {
    const read = readSync(file, target, done, target.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}
