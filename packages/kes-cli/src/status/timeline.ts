/** A picture of the life of a certificate: its evolutions in one row, like the leaves in the picture of a key. */
import type { Expiry } from '@evolock/cardano-kes';
import { type LifeAt, whenInWords } from '../certificates/life-at.js';
import type { Style } from '@evolock/command-line/style';
import { counted } from '@evolock/command-line/text';
import { type Boundary, boundaryOf, DAY, timeInWords } from '../network/clock.js';
import { type DayLimits, type Report, type Result, resultAt } from './status.js';

/** Columns of the row at most. A certificate has at most 64 evolutions. */
const MAX_ROW = 64;

/** Columns of a line at most: 80 without the indentation. */
const MAX_LINE = 78;

/** The row of evolutions between two dates, the place of the moment in it, and a legend. */
export function timeline(report: Report, style: Style): string[] {
  const { evolutions } = report.life.evolution.limit;
  // An evolution has several columns when there are few.
  const columns = Math.floor(MAX_ROW / evolutions);
  const row = Array.from({ length: evolutions }, (_, at) => {
    const [sign, colour] = signOf(report, at);
    return style[colour](sign.repeat(columns));
  });
  return [
    datesLine(report, evolutions * columns),
    row.join(''),
    placeLine(report.life, columns),
    '',
    legend(report.limits, style),
  ];
}

type Sign = readonly [sign: string, colour: keyof Style];

const CURRENT: Readonly<Record<Exclude<Result, 'invalid'>, Sign>> = {
  valid: ['●', 'good'],
  warning: ['●', 'warning'],
  critical: ['●', 'bad'],
};

const FUTURE: Readonly<Record<Exclude<Result, 'invalid'>, Sign>> = {
  valid: ['○', 'future'],
  warning: ['◇', 'warning'],
  critical: ['◆', 'bad'],
};

function signOf(report: Report, at: number): Sign {
  const { life, limits } = report;
  const { difference } = life.evolution;
  if (BigInt(at) < difference) return ['·', 'faint'];
  return BigInt(at) === difference
    ? CURRENT[resultAt(life.days, limits)]
    : FUTURE[resultAt(daysFrom(report, at), limits)];
}

/** Days from the start of an evolution to the end of the certificate. */
function daysFrom({ parameters, life: { evolution } }: Report, at: number): number | undefined {
  const { slotsPerKesPeriod, anchor } = parameters;
  if (anchor === undefined) return undefined;
  const slots = Number(slotsPerKesPeriod) * (evolution.limit.evolutions - at);
  return (slots * anchor.slotMilliseconds) / DAY;
}

/** The dates of the start and of the end, above the ends of the row. */
function datesLine({ parameters, subject, life }: Report, width: number): string {
  const start = placeOf(boundaryOf(parameters, subject.certificate.startPeriod));
  const end = placeOf(life.expiry);
  const gap = width - start.length - end.length;
  return `${start}${' '.repeat(Math.max(2, gap))}${end}`;
}

function placeOf(boundary: Boundary | Expiry | undefined): string {
  const { slot, date } = boundary ?? {};
  if (date !== undefined) return timeInWords(date).replace(/T.*/, '');
  return slot === undefined ? 'no slot' : `slot ${slot}`;
}

/** The moment, below its evolution. Text that does not fit on the right of it is on the left. */
function placeLine({ evolution, remainingPeriods, days }: LifeAt, columns: number): string {
  const { state, difference, limit } = evolution;
  const left =
    days === undefined
      ? `${counted(remainingPeriods, 'KES period')} after it`
      : `${days.toFixed(1)} days left`;
  const words = whenInWords({ evolution, remainingPeriods }) ?? `evolution ${difference}, ${left}`;
  if (state === 'expired') return `${words} ┘`.padStart(limit.evolutions * columns);
  const column = state === 'valid' ? Number(difference) * columns : 0;
  const fits = column + words.length + 2 <= MAX_LINE;
  return fits ? `${' '.repeat(column)}└ ${words}` : `${words} ┘`.padStart(column + 1);
}

function legend({ warnDays, critDays }: DayLimits, style: Style): string {
  const last = (days: number | undefined, [sign, colour]: Sign) =>
    days === undefined ? [] : [`${style[colour](sign)} the last ${counted(days, 'day')}`];
  return [
    `${style.faint('·')} past`,
    `${style.good('●')} current`,
    `${style.future('○')} future`,
    ...last(warnDays, FUTURE.warning),
    ...last(critDays, FUTURE.critical),
  ].join('   ');
}
