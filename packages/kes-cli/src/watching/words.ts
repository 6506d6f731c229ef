/** The findings of `kes status` about many certificates: for a person, and for `--json`. */
import {
  inColourOf,
  resultInWords,
  type DayLimits,
  type Result,
} from '../certificates/remaining.js';
import { reportJson } from '../certificates/report.js';
import { evolutionsRow, legend } from '../certificates/timeline.js';
import type { Json } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import { counted } from '../cli/text.js';
import { timeInWords } from '../network/clock.js';
import { isFound, worstExitCode, type Failed, type Finding, type Found } from './finding.js';

/** All findings for a person, each with a row of its evolutions, and a summary. */
export function findingsInWords(
  findings: readonly Finding[],
  limits: DayLimits,
  style: Style,
): string[] {
  return [
    ...findings.flatMap((finding) =>
      isFound(finding) ? foundInWords(finding, style) : failedInWords(finding, style),
    ),
    '',
    ...(findings.some(isFound) ? [`  ${legend(limits, style)}`, ''] : []),
    summaryInWords(findings),
  ];
}

const SIGN: Readonly<Record<Result, string>> = {
  valid: '✓',
  warning: '!',
  critical: '!',
  invalid: '✗',
};

function foundInWords({ name, report }: Found, style: Style): string[] {
  const { result, judgements, limits } = report;
  const failures = judgements.filter(({ valid }) => !valid);
  return [
    `${inColourOf(result, SIGN[result], style)} ${style.title(`${name}: ${resultInWords(result, limits)}`)}`,
    `  ${evolutionsRow(report, style)}`,
    ...(result === 'invalid'
      ? failures.map(({ valid, words }) => `  ${style.verdict(valid, words)}`)
      : [`  ${placeInWords(report)}`]),
  ];
}

function placeInWords({ parameters, standing }: Found['report']): string {
  const { evolution, remainingPeriods, days, expiry } = standing;
  const place = `${parameters.name}, evolution ${evolution.difference}`;
  return days === undefined
    ? `${place}, ${counted(remainingPeriods, 'KES period')} after this one`
    : `${place}, ends in ${days.toFixed(1)} days: ${timeInWords(expiry.date)}`;
}

function failedInWords({ name, source, complaint: { message } }: Failed, style: Style): string[] {
  // The message names the file. The title has named it too, unless the list of pools has another name.
  const reason = name === source ? message.replace(`${source}: `, '') : message;
  return [
    `${style.bad('✗')} ${style.title(`${name}: not read`)}`,
    `  ${style.verdict(false, reason)}`,
  ];
}

/** How many certificates have each result. */
function countsOf(findings: readonly Finding[]) {
  const of = (result: Result) =>
    findings.filter((each) => isFound(each) && each.report.result === result).length;
  return {
    invalid: of('invalid'),
    notRead: findings.filter((each) => !isFound(each)).length,
    critical: of('critical'),
    warning: of('warning'),
    valid: of('valid'),
  };
}

function summaryInWords(findings: readonly Finding[]): string {
  const { invalid, notRead, critical, warning, valid } = countsOf(findings);
  const parts = [
    [invalid, 'not valid'],
    [notRead, 'not read'],
    [critical, 'critical'],
    [warning, 'warning'],
    [valid, 'valid'],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return `${counted(findings.length, 'certificate')}: ${counts.join(', ')}`;
}

/** All findings for `--json`, in one document. */
export function findingsJson(findings: readonly Finding[]): Json {
  return {
    certificates: findings.map(findingJson),
    summary: {
      exitCode: worstExitCode(findings),
      certificates: findings.length,
      ...countsOf(findings),
    },
  };
}

function findingJson(finding: Finding): Json {
  const { name, source } = finding;
  return isFound(finding)
    ? { name, source, ...reportJson(finding.report) }
    : { name, source, valid: false, result: 'not-read', error: { ...finding.complaint } };
}
