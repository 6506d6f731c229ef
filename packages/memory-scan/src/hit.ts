import { type Encoding } from './encoding.js';
import { shownBytes } from './usable-windows.js';
import { type Pattern } from './pattern-table.js';

/** A copy, or a piece of one, that was found. It never says what the bytes are. */
export interface Hit {
  /** The name of the needle. */
  readonly needle: string;
  readonly encoding: Encoding;
  /** Where the piece begins in the needle, bytes. */
  readonly offset: number;
  /** How many bytes of the needle it shows, those at the ends perhaps in part. */
  readonly length: number;
  /** Where it stands: an address, or in a file an offset. */
  readonly address: number;
  /** How many bytes of memory it takes. */
  readonly size: number;
}

/**
 * The hit for a run of equal bytes, or nothing if no fragment that says enough is in it.
 *
 * The run goes from the byte `from` of the pattern up to the byte `to`; `address` is where the pattern's first byte would
 * stand.
 *
 * @internal
 */
export function hitOfRun(
  { needle, form, windows }: Pattern,
  from: number,
  to: number,
  address: number,
): Hit | undefined {
  const first = Math.ceil(from / form.width);
  const end = Math.floor(to / form.width);
  const starts = Math.max(first, end - form.fragment + 1);
  if (!windows.subarray(first, starts).includes(1)) return undefined;
  const shown = shownBytes(form, first, end);
  return {
    needle: needle.name,
    encoding: form.encoding,
    offset: Math.min(...shown),
    length: shown.size,
    address: address + first * form.width,
    size: (end - first) * form.width,
  };
}

/**
 * The hits in order of address, without those that lie within another of the same needle: digits without a letter
 * are hexadecimal in both cases.
 *
 * @internal
 */
export function sortHits(hits: readonly Hit[]): Hit[] {
  const ends = new Map<string, number>();
  return hits
    .toSorted((left, right) => left.address - right.address || right.size - left.size)
    .filter(({ needle, address, size }) => {
      const end = ends.get(needle) ?? -1;
      if (address + size <= end) return false;
      ends.set(needle, address + size);
      return true;
    });
}
