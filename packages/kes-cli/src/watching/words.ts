/** The findings of `kes status` about many certificates: for a person, and for `--json`. */
import { inColourOf, type Result } from '../certificates/remaining.js';
import { reportJson } from '../certificates/report.js';
import type { Json } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import { counted, wrapped } from '../cli/text.js';
import { timeInWords } from '../network/clock.js';
import { isFound, worstExitCode, type Failed, type Finding } from './finding.js';

/** The longest name that has its facts beside it. */
const LONGEST_NAME = 28;

/** All findings for a person, one line each, and a summary. */
export function findingsInWords(findings: readonly Finding[], style: Style): string[] {
  const names = findings.map(({ name }) => name.length);
  const column = Math.min(Math.max(...names), LONGEST_NAME);
  const lines = findings.flatMap((finding) => {
    const sign = SIGN[resultOf(finding)];
    const facts = wrapped(factsOf(finding), 80 - column - 4);
    const title = `${inColourOf(resultOf(finding), sign, style)} ${finding.name.padEnd(column)}`;
    const indented = facts.map((line) => `${' '.repeat(column + 4)}${line}`);
    return finding.name.length > column
      ? [title, ...indented]
      : [`${title}  ${facts[0] ?? ''}`, ...indented.slice(1)];
  });
  return [...lines, '', summaryInWords(findings)];
}

const SIGN: Readonly<Record<Result, string>> = {
  valid: '✓',
  warning: '!',
  critical: '!',
  invalid: '✗',
};

function resultOf(finding: Finding): Result {
  return isFound(finding) ? finding.report.result : 'invalid';
}

/** The days that are left, the end, the evolution and the network; or why a certificate is not valid, or not read. */
function factsOf(finding: Finding): string {
  if (!isFound(finding)) return `not read: ${reasonOf(finding)}`;
  const { result, judgements, parameters, standing } = finding.report;
  if (result === 'invalid') {
    return judgements
      .filter(({ valid }) => !valid)
      .map(({ words }) => words)
      .join('; ');
  }
  const { evolution, remainingPeriods, days, expiry } = standing;
  const left =
    days === undefined
      ? `${counted(remainingPeriods, 'KES period')} after this one`
      : `${days.toFixed(1)} days, to ${timeInWords(expiry.date).slice(0, 10)}`;
  return `${left}, evolution ${evolution.difference}, ${parameters.name}`;
}

/** The message names the file. So does the line, unless the list of pools has another name. */
function reasonOf({ name, source, complaint: { message } }: Failed): string {
  return name === source ? message.replace(`${source}: `, '') : message;
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
