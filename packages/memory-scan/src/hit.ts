import { ENCODINGS, type Encoding } from './encoding.js';
import { SHORTEST_FRAGMENT } from './scan-options.js';
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
 * The hits in order of address, without those that another of the same needle explains: of two that overlap the shorter
 * one stays only where enough of it stands outside of the longer one. Digits without a letter are hexadecimal in both
 * cases, and beside a swapped word one more byte may fit by chance.
 *
 * @internal
 */
export function sortHits(hits: readonly Hit[]): Hit[] {
  const kept = new Map<string, Hit[]>();
  for (const hit of hits.toSorted(inOrder)) {
    const others = kept.get(hit.needle) ?? [];
    kept.set(hit.needle, others);
    while (isExplained(others.at(-1), hit)) others.pop();
    if (!isExplained(hit, others.at(-1))) others.push(hit);
  }
  return [...kept.values()].flat().sort(inOrder);
}

function inOrder(left: Hit, right: Hit): number {
  return (
    left.address - right.address ||
    right.size - left.size ||
    ENCODINGS.indexOf(left.encoding) - ENCODINGS.indexOf(right.encoding)
  );
}

/** Whether a hit is mostly part of another that is longer, or as long and before it. */
function isExplained(hit: Hit | undefined, by: Hit | undefined): boolean {
  if (!hit || !by) return false;
  if (hit.size > by.size || (hit.size === by.size && inOrder(hit, by) < 0)) return false;
  const before = Math.max(0, by.address - hit.address);
  const behind = Math.max(0, hit.address + hit.size - (by.address + by.size));
  return before + behind < SHORTEST_FRAGMENT;
}
