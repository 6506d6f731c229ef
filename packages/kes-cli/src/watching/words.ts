/** The findings of `kes status` about many certificates: for a person, and for `--json`. */
import type { Result } from '../certificates/remaining.js';
import { reportJson } from '../certificates/report.js';
import type { Answer, Json, JsonMembers, Mark } from '../cli/answer.js';
import { counted } from '../cli/text.js';
import { timeInWords } from '../network/clock.js';
import { isFound, worstExitCode, type Failed, type Finding } from './finding.js';

/** All findings for a person, one line each, and a summary. */
export function findingsText(
  findings: readonly Finding[],
): Required<Pick<Answer, 'facts' | 'after'>> {
  return {
    facts: findings.map((each) => [each.name, factsOf(each), MARK[resultOf(each)]]),
    after: [summaryInWords(findings)],
  };
}

const MARK: Readonly<Record<Result, Mark>> = {
  valid: 'good',
  warning: 'weak',
  critical: 'critical',
  invalid: 'bad',
};

function resultOf(finding: Finding): Result {
  return isFound(finding) ? finding.report.result : 'invalid';
}

/** The days that are left, the end, the evolution and the network; or why a certificate is not valid, or not read. */
function factsOf(finding: Finding): string {
  if (!isFound(finding)) return `not read: ${reasonOf(finding)}`;
  const { result, checks, parameters, standing } = finding.report;
  if (result === 'invalid') {
    return checks
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
export function findingsJson(findings: readonly Finding[]): JsonMembers {
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
