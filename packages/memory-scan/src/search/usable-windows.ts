import { type EncodedForm } from './encoded-form.js';
import { GRAM, isUniformGram } from './gram.js';

/**
 * For each unit of a form: 1 if the fragment that begins there is usable.
 *
 * A fragment is not usable if one byte value takes more than half of it, or if the scan may see only grams of four equal
 * bytes: zeros and fill patterns occur in the memory of each process.
 */
export function usableWindows(form: EncodedForm, byteAt: (index: number) => number): Uint8Array {
  const windows = new Uint8Array(Math.max(0, form.units - form.fragment + 1));
  for (let unit = 0; unit < windows.length; unit += 1) {
    const varied = saysEnough(shownBytes(form, unit, unit + form.fragment), byteAt);
    windows[unit] = varied && isSeenAtAnyAddress(form, unit) ? 1 : 0;
  }
  return windows;
}

function saysEnough(shown: ReadonlySet<number>, byteAt: (index: number) => number): boolean {
  const counts = new Map<number, number>();
  for (const index of shown) {
    const value = byteAt(index);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Math.max(...counts.values()) * 2 <= shown.size;
}

/** Whether each of the four alignments of a fragment contains an indexed gram. */
function isSeenAtAnyAddress({ byteAt, width, fragment }: EncodedForm, unit: number): boolean {
  const start = unit * width;
  const last = start + fragment * width - GRAM;
  const isSeen = (offset: number): boolean =>
    offset <= last && (!isUniformGram(byteAt, offset) || isSeen(offset + GRAM));
  return [0, 1, 2, 3].every((alignment) => isSeen(start + alignment));
}

/** The offsets of the secret's bytes that some units of a form show, at least in part. */
export function shownBytes(form: EncodedForm, from: number, to: number): Set<number> {
  const shown = new Set<number>();
  for (let unit = from; unit < to; unit += 1) {
    const [first, last] = form.shows(unit);
    shown.add(first).add(last);
  }
  return shown;
}
