/** The number of the first entry of files whose earlier ones are gone, by the hashes. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { Entries, Hashes, piecesOf, piecesOfFiles } from '../reading/sources.js';
import { cryptographyOf } from './cryptography.js';
import { checkedFiles, type HashedFiles } from './differences.js';

/** Entries by which the beginning of the files is found. */
const HEAD = 64;

/**
 * Finds the number of the first entry in files whose earlier ones are gone. The hashes prove nothing: a wrong number makes no
 * log valid.
 *
 * @param log - Called for each reading: once for the first lines, and once for the hashes.
 * @returns `undefined` when the hashes do not have the first lines, or there is none that is not blank.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_NAME`; what a source or `signal` throws.
 */
export async function findFirstEntry(log: () => HashedFiles): Promise<number | undefined> {
  const given = checkedFiles(log);
  const lines = await firstLines(given());
  const anchor = lines.findIndex((line) => line !== undefined);
  const { hashes = [], signal } = given();
  const reader = new Hashes(piecesOf('hashes', hashes, () => signal?.throwIfAborted()));
  // Places at which the lines can begin, as far as they were compared.
  let open: number[] = [];
  try {
    for (let at = 0; anchor >= 0; at += 1) {
      let hash = reader.next();
      while (hash === undefined && (await reader.more())) hash = reader.next();
      if (hash === undefined) return open[0];
      if (at >= anchor) open.push(at - anchor);
      open = open.filter((begin) => {
        const line = lines[at - begin];
        return line === undefined || sameBytes(line, hash);
      });
      const [first = at] = open;
      if (at - first === lines.length - 1 && open.length > 0) return first;
    }
  } finally {
    await reader.close();
  }
  return undefined;
}

/** The hashes of the first lines; `undefined` for a blank one, which may be erased. */
async function firstLines({
  files,
  signal,
  cryptography,
}: HashedFiles): Promise<(Uint8Array | undefined)[]> {
  const { sha256 } = cryptographyOf(cryptography);
  const entries = new Entries(
    piecesOfFiles('files', files, () => signal?.throwIfAborted()),
    sha256,
  );
  const lines: (Uint8Array | undefined)[] = [];
  try {
    while (lines.length < HEAD) {
      const hash = entries.next();
      if (hash !== undefined) lines.push(entries.isBlank ? undefined : hash.slice());
      else if (!(await entries.more())) break;
    }
    return lines;
  } finally {
    await entries.close();
  }
}
