/** A picture of the life of a certificate: its evolutions in one row, like the leaves in the picture of a key. */
import type { Expiry, KesParameters } from '@evolock/cardano-kes';
import type { Certificate } from '../certificates/certificate.js';
import type { LifeAt } from '../certificates/life-at.js';
import type { Style } from '../cli/style.js';
import { counted } from '../cli/text.js';
import { type Boundary, boundaryOf, timeInWords } from '../network/clock.js';
import { type DayLimits, inColourOf, type Result, resultAt } from './remaining.js';

/** Columns of the row at most. A certificate has at most 64 evolutions. */
const MAX_ROW = 64;

/** Columns of a line at most: 80 without the indentation. */
const MAX_LINE = 78;

/** Milliseconds. */
const DAY = 86_400_000;

/** What is drawn. */
interface Timeline {
  readonly parameters: KesParameters;
  readonly limits: DayLimits;
  readonly subject: Certificate;
  readonly life: LifeAt;
}

/** The row of evolutions between two dates, the place of the moment in it, and a legend. */
export function timeline(drawn: Timeline, style: Style): string[] {
  return [
    datesLine(drawn),
    evolutionsRow(drawn, style),
    placeLine(drawn),
    '',
    legend(drawn.limits, style),
  ];
}

/** One sign for each evolution, in several columns when there are few. */
function evolutionsRow(drawn: Timeline, style: Style): string {
  const { limit } = drawn.life.evolution;
  const columns = columnsOf(drawn);
  const signs = Array.from({ length: limit.evolutions }, (_, at) => signOf(drawn, at, style));
  return signs.map(({ sign, paint }) => paint(sign.repeat(columns))).join('');
}

/** Columns of an evolution. */
function columnsOf({ life: { evolution } }: Timeline): number {
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

function signOf(drawn: Timeline, at: number, style: Style): Sign {
  const { life, limits } = drawn;
  const { difference } = life.evolution;
  if (BigInt(at) < difference) return { sign: '·', paint: (text) => style.faint(text) };
  if (BigInt(at) === difference) {
    const result = resultAt(life.days, limits);
    return { sign: '●', paint: (text) => inColourOf(result, text, style) };
  }
  const result = resultAt(daysFrom(drawn, at), limits);
  const isFuture = result === 'valid';
  return {
    sign: FUTURE_SIGN[result],
    paint: (text) => (isFuture ? style.future(text) : inColourOf(result, text, style)),
  };
}

/** Days from the start of an evolution to the end of the certificate. */
function daysFrom({ parameters, life: { evolution } }: Timeline, at: number): number | undefined {
  const { slotsPerKesPeriod, anchor } = parameters;
  if (anchor === undefined) return undefined;
  const slots = Number(slotsPerKesPeriod) * (evolution.limit.evolutions - at);
  return (slots * anchor.slotMilliseconds) / DAY;
}

/** The dates of the start and of the end, above the ends of the row. */
function datesLine(drawn: Timeline): string {
  const { parameters, subject, life } = drawn;
  const { startPeriod } = subject.certificate;
  const start = placeOf(boundaryOf(parameters, startPeriod));
  const end = placeOf(life.expiry);
  const gap = rowWidth(drawn) - start.length - end.length;
  return `${start}${' '.repeat(Math.max(2, gap))}${end}`;
}

function placeOf(boundary: Boundary | Expiry | undefined): string {
  const { slot, date } = boundary ?? {};
  if (date !== undefined) return timeInWords(date).replace(/T.*/, '');
  return slot === undefined ? 'no slot' : `slot ${slot}`;
}

function rowWidth(drawn: Timeline): number {
  return drawn.life.evolution.limit.evolutions * columnsOf(drawn);
}

/** The moment, below its evolution. Text that does not fit on the right of it is on the left. */
function placeLine(drawn: Timeline): string {
  const { state, difference } = drawn.life.evolution;
  const words = placeInWords(drawn.life);
  if (state === 'expired') return `${words} ┘`.padStart(rowWidth(drawn));
  const column = state === 'valid' ? Number(difference) * columnsOf(drawn) : 0;
  const fits = column + words.length + 2 <= MAX_LINE;
  return fits ? `${' '.repeat(column)}└ ${words}` : `${words} ┘`.padStart(column + 1);
}

function placeInWords({ evolution, remainingPeriods, days }: LifeAt): string {
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
