import { ENCODINGS, type Encoding } from './encoding.js';
import { FRAGMENT } from './encoded-form.js';
import { shownBytes } from './usable-windows.js';
import { type Pattern } from './pattern-table.js';

/** A copy of a needle, or a part of one. Contains no byte of the needle. */
export interface Hit {
  /** The name of the needle. */
  readonly needle: string;
  readonly encoding: Encoding;
  /** The offset of the part in the needle, bytes. */
  readonly offset: number;
  /** The number of bytes of the needle that it shows, at both ends possibly in part. */
  readonly length: number;
  /** The address; the offset in a file. */
  readonly address: number;
  /** Bytes of memory. */
  readonly size: number;
}

/**
 * The hit for a run of equal bytes; `undefined` when the run contains no usable fragment.
 *
 * The run extends from the byte `from` of the pattern to the byte `to`. `address` is the address of the pattern's first byte.
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
 * The hits in order of address, without those that a longer hit of the same needle explains: of two overlapping hits the
 * shorter one stays only if enough of it lies outside of the longer one. Digits without a letter match both hexadecimal
 * encodings, and a byte beside a swapped word may match by chance.
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

/** Whether a hit lies mostly within another that is longer, or of equal size and earlier. */
function isExplained(hit: Hit | undefined, by: Hit | undefined): boolean {
  if (!hit || !by) return false;
  if (hit.size > by.size || (hit.size === by.size && inOrder(hit, by) < 0)) return false;
  const before = Math.max(0, by.address - hit.address);
  const behind = Math.max(0, hit.address + hit.size - (by.address + by.size));
  return before + behind < FRAGMENT;
}
