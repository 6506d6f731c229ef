/** What the signs of a shown log mean. */
import type { Tone } from '../reports/report.js';
import type { Mark } from './places.js';
import type { Row } from './rows.js';

export const markWords: Readonly<Record<Mark, string>> = {
  sealed: 'as it was sealed',
  changed: 'differs',
  erased: 'erased',
  open: 'not sealed yet',
  unproved: 'not proved',
};

export const sealWords: Readonly<Record<Tone, string>> = {
  good: 'proved',
  bad: 'does not fit',
  note: 'not proved',
};

/** What is not shown, counted. */
export function hiddenInWords({
  lines,
  changed,
  seals,
}: Row & { readonly kind: 'hidden' }): string {
  const counted = (count: number, noun: string) =>
    `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
  const differ = changed === 0 ? '' : `, of which ${changed.toLocaleString('en')} differ`;
  const parts = [
    ...(lines > 0 ? [`${counted(lines, 'line')}${differ}`] : []),
    ...(seals > 0 ? [counted(seals, 'seal')] : []),
  ];
  return `Not shown: ${parts.join(', and ')}`;
}
