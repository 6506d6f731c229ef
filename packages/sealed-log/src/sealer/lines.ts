/** The lines of a seals file. */
import { createReadStream } from 'node:fs';
import { MAX_SEAL_LINE_SIZE } from '../format/seal.js';

const NEWLINE = 0x0a;

/** What is in a seals file. */
export interface LinesRead {
  /** The last complete line, without its newline. */
  readonly last: string | undefined;
  /** Bytes up to its end. */
  readonly size: number;
}

/**
 * Reads the complete lines of a seals file, in flat memory. A line that is longer than a seal can be is cut.
 *
 * @param path - The file, which may be missing.
 * @param use - Called with each line, without its newline.
 */
export async function readLines(path: string, use: (line: string) => void): Promise<LinesRead> {
  let [last, size, read]: [string | undefined, number, number] = [undefined, 0, 0];
  let begun = '';
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        last = begun + chunk.toString('latin1', from, Math.min(end, from + MAX_SEAL_LINE_SIZE + 1));
        begun = '';
        from = end + 1;
        size = read + from;
        use(last);
      }
      if (begun.length <= MAX_SEAL_LINE_SIZE)
        begun += chunk.toString('latin1', from, from + MAX_SEAL_LINE_SIZE + 1);
      read += chunk.length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { last, size };
}
