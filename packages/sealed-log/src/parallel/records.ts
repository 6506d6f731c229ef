/** The entries of a log that tell of erasings. Anybody could have written them, so no verdict believes one. */
import { NEWLINE } from '../reading/sources.js';
import { AcceptedErasures, type Range } from '../verify/entries/absent.js';

const BEGIN = Buffer.from('{"sealedLogErased":');

/** An erasing has at most 10,000 entries. */
const MOST_BYTES = 1 << 18;

const MOST_RECORDS = 10;

/** An entry that tells of an erasing. */
export interface ErasureRecord {
  /** The number of the entry. */
  readonly entry: number;
  /** The entries of which it speaks. */
  readonly entries: readonly Range[];
  readonly reason: string;
}

/** The first ones that speak of some entries. */
export async function recordsOf(
  files: Iterable<AsyncIterable<Uint8Array>>,
  firstEntry: number,
  speaksOf: (entries: readonly Range[]) => boolean,
): Promise<ErasureRecord[]> {
  const records: ErasureRecord[] = [];
  let entry = firstEntry;
  const take = (line: Uint8Array): void => {
    const record = recordIn(line);
    if (record !== undefined && speaksOf(record.entries) && records.length < MOST_RECORDS)
      records.push({ entry, ...record });
    entry += 1;
  };
  for (const file of files) {
    let kept: Uint8Array = new Uint8Array(0);
    for await (const piece of file) {
      let from = 0;
      for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
        const part = piece.subarray(from, at);
        take(kept.length === 0 ? part : joined(kept, part));
        kept = kept.subarray(0, 0);
        from = at + 1;
      }
      if (from < piece.length) kept = joined(kept, piece.subarray(from));
    }
    if (kept.length > 0) take(kept);
  }
  return records;
}

/** The beginning of a line. */
function joined(kept: Uint8Array, part: Uint8Array): Uint8Array {
  return Buffer.concat([kept, part.subarray(0, Math.max(0, MOST_BYTES - kept.length))]);
}

function recordIn(line: Uint8Array): Omit<ErasureRecord, 'entry'> | undefined {
  if (Buffer.compare(line.subarray(0, BEGIN.length), BEGIN) !== 0) return undefined;
  try {
    const { sealedLogErased } = JSON.parse(Buffer.from(line).toString()) as {
      readonly sealedLogErased: { readonly entries: Range[]; readonly reason: unknown };
    };
    const { entries, reason } = sealedLogErased;
    return typeof reason === 'string'
      ? { entries: new AcceptedErasures(entries).list, reason }
      : undefined;
  } catch {
    // It only begins like one.
    return undefined;
  }
}
