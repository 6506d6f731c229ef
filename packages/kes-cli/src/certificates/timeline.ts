/** A picture of the life of a certificate: its evolutions in one row, like the leaves in the picture of a key. */
import type { Expiry, KesParameters } from '@evolock/cardano-kes';
import type { Style } from '../cli/style.js';
import { counted } from '../cli/text.js';
import { timeInWords } from '../network/clock.js';
import { boundaryOf, type Boundary } from '../network/period.js';
import type { Certificate } from './certificate.js';
import { inColourOf, resultAt, type DayLimits, type Result } from './remaining.js';
import type { Standing } from './standing.js';

/** Columns of the row at most. A certificate has at most 64 evolutions. */
const MAX_ROW = 64;

/** Columns of a line at most: 80 without the indentation. */
const MAX_LINE = 78;

/** Milliseconds. */
const DAY = 86_400_000;

/** What is drawn. */
export interface Life {
  readonly parameters: KesParameters;
  readonly limits: DayLimits;
  readonly subject: Certificate;
  readonly standing: Standing;
}

/** The row of evolutions between two dates, the place of the moment in it, and a legend. */
export function timeline(life: Life, style: Style): string[] {
  return [
    datesLine(life),
    evolutionsRow(life, style),
    placeLine(life),
    '',
    legend(life.limits, style),
  ];
}

/** One sign for each evolution, in several columns when there are few. */
function evolutionsRow(life: Life, style: Style): string {
  const { limit } = life.standing.evolution;
  const columns = columnsOf(life);
  const signs = Array.from({ length: limit.evolutions }, (_, at) => signOf(life, at, style));
  return signs.map(({ sign, paint }) => paint(sign.repeat(columns))).join('');
}

/** Columns of an evolution. */
function columnsOf({ standing: { evolution } }: Life): number {
  return Math.floor(MAX_ROW / evolution.limit.evolutions);
}

const FUTURE_SIGN: Readonly<Record<Exclude<Result, 'invalid'>, string>> = {
  valid: '○',
  warning: '◇',
  critical: '◆',
};

interface Sign {
  readonly sign: string;
  readonly paint: (text: string) => string;
}

function signOf(life: Life, at: number, style: Style): Sign {
  const { standing, limits } = life;
  const { difference } = standing.evolution;
  if (BigInt(at) < difference) return { sign: '·', paint: (text) => style.faint(text) };
  if (BigInt(at) === difference) {
    const result = resultAt(standing.days, limits);
    return { sign: '●', paint: (text) => inColourOf(result, text, style) };
  }
  const result = resultAt(daysFrom(life, at), limits);
  const isFuture = result === 'valid';
  return {
    sign: FUTURE_SIGN[result],
    paint: (text) => (isFuture ? style.future(text) : inColourOf(result, text, style)),
  };
}

/** Days from the start of an evolution to the end of the certificate. */
function daysFrom({ parameters, standing: { evolution } }: Life, at: number): number | undefined {
  const { slotsPerKesPeriod, anchor } = parameters;
  if (anchor === undefined) return undefined;
  const slots = Number(slotsPerKesPeriod) * (evolution.limit.evolutions - at);
  return (slots * anchor.slotMilliseconds) / DAY;
}

/** The dates of the start and of the end, above the ends of the row. */
function datesLine(life: Life): string {
  const { parameters, subject, standing } = life;
  const { startPeriod } = subject.certificate;
  const start = placeOf(boundaryOf(parameters, startPeriod));
  const end = placeOf(standing.expiry);
  const gap = rowWidth(life) - start.length - end.length;
  return `${start}${' '.repeat(Math.max(2, gap))}${end}`;
}

function placeOf(boundary: Boundary | Expiry | undefined): string {
  const { slot, date } = boundary ?? {};
  if (date !== undefined) return timeInWords(date).replace(/T.*/, '');
  return slot === undefined ? 'no slot' : `slot ${slot}`;
}

function rowWidth(life: Life): number {
  return life.standing.evolution.limit.evolutions * columnsOf(life);
}

/** The moment, below its evolution. Text that does not fit on the right of it is on the left. */
function placeLine(life: Life): string {
  const { state, difference } = life.standing.evolution;
  const words = placeInWords(life.standing);
  if (state === 'expired') return `${words} ┘`.padStart(rowWidth(life));
  const column = state === 'valid' ? Number(difference) * columnsOf(life) : 0;
  const fits = column + words.length + 2 <= MAX_LINE;
  return fits ? `${' '.repeat(column)}└ ${words}` : `${words} ┘`.padStart(column + 1);
}

function placeInWords({ evolution, remainingPeriods, days }: Standing): string {
  const { state, difference, limit } = evolution;
  if (state === 'expired') {
    const since = difference - BigInt(limit.evolutions);
    return since === 0n ? 'ended with the last KES period' : `ended ${periods(since)} ago`;
  }
  if (state === 'not-yet') {
    return remainingPeriods === 0 ? 'never starts' : `starts in ${periods(-difference)}`;
  }
  const left =
    days === undefined ? `${periods(remainingPeriods)} after it` : `${days.toFixed(1)} days left`;
  return `evolution ${difference}, ${left}`;
}

function periods(count: bigint | number): string {
  return counted(count, 'KES period');
}

/** What the signs mean. */
function legend({ warnDays, critDays }: DayLimits, style: Style): string {
  return [
    `${style.faint('·')} past`,
    `${style.good('●')} current`,
    `${style.future('○')} future`,
    ...(warnDays === undefined
      ? []
      : [`${style.warning('◇')} the last ${counted(warnDays, 'day')}`]),
    ...(critDays === undefined ? [] : [`${style.bad('◆')} the last ${counted(critDays, 'day')}`]),
  ].join('   ');
}
