/** Numbers, times and lengths of time in words. */
import type { Witnessed } from '../verify/index.js';

/** A number of entries in words. */
export function entriesInWords(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}

/** A time in words. A seal can state a time that no date has. */
export function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `second ${seconds} since 1970`;
  return `${date.toISOString().slice(0, -5).replace('T', ' ')} UTC`;
}

/** A length of time in words. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Names that are shown. */
const FEW = 3;

/** The first names, and how many more there are. */
export function fewNames(names: readonly string[]): string {
  const more = names.length - FEW;
  return more > 1 ? `${names.slice(0, FEW).join(' ')} and ${more} more` : names.join(' ');
}

/** When a tree was seen, and by which witnesses. */
export function anchoredInWords({ time, names }: Pick<Witnessed, 'time' | 'names'>): string {
  return `anchored before ${moment(time)} by ${namesInWords(names)}`;
}

/** Names with `and` before the last. */
export function namesInWords(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}
