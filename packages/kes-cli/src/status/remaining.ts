/** Whether a valid certificate ends soon: the options `--warn-days` and `--crit-days`. */
import { hasDates, type KesParameters } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { addTerms } from '../cli/command.js';
import { CommandError, ExitCode } from '../cli/errors.js';
import type { Style } from '../cli/style.js';
import { counted } from '../cli/text.js';

/** The options. */
export interface DayLimits {
  readonly warnDays?: number | undefined;
  readonly critDays?: number | undefined;
}

/** How a certificate is: `warning` and `critical` are valid, and end in less than the days of the options. */
export type Result = 'valid' | 'warning' | 'critical' | 'invalid';

/** The exit code of each result. */
export const EXIT_CODE_OF: Readonly<Record<Result, ExitCode>> = {
  valid: ExitCode.valid,
  warning: ExitCode.warning,
  critical: ExitCode.critical,
  invalid: ExitCode.invalid,
};

/** Adds the options. */
export function withDayLimits(command: Command): Command {
  const text = `
    --warn-days <days>  exit code 10 when a certificate ends in less than these days
    --crit-days <days>  exit code 11 when a certificate ends in less than these days`;
  return addTerms(command, { text });
}

/** Refuses limits in an order in which one has no effect. */
export function checkDayLimits({ warnDays, critDays }: DayLimits): void {
  if (warnDays === undefined || critDays === undefined || critDays < warnDays) return;
  throw new CommandError('usage', '--crit-days must be less than --warn-days');
}

/** Refuses a network without dates, on which limits in days have no effect. */
export function checkDaysOf(parameters: KesParameters, { warnDays, critDays }: DayLimits): void {
  if ((warnDays === undefined && critDays === undefined) || hasDates(parameters)) return;
  throw new CommandError(
    'usage',
    '--warn-days and --crit-days need a network whose slots have dates',
  );
}

/** The result for a valid certificate that ends in these days; `undefined` is a date out of range, far ahead. */
export function resultAt(
  days: number | undefined,
  { warnDays = 0, critDays = 0 }: DayLimits,
): Exclude<Result, 'invalid'> {
  if (days === undefined) return 'valid';
  if (days < critDays) return 'critical';
  return days < warnDays ? 'warning' : 'valid';
}

/** The result in a title. */
export function resultInWords(result: Result, { warnDays = 0, critDays = 0 }: DayLimits): string {
  if (result === 'invalid') return 'NOT valid';
  if (result === 'valid') return 'valid';
  const days = result === 'critical' ? critDays : warnDays;
  return `valid, ${result}: it ends in less than ${counted(days, 'day')}`;
}

/** Text in the colour of a result. */
export function inColourOf(result: Result, text: string, style: Style): string {
  if (result === 'valid') return style.good(text);
  return result === 'warning' ? style.warning(text) : style.bad(text);
}
