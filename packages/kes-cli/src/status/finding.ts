/** One certificate among many: where it is, and what was found out about it. */
import { type Complaint, ExitCode } from '../cli/errors.js';
import type { NetworkOptions } from '../network/network.js';
import { EXIT_CODE_OF } from './remaining.js';
import type { Report, StatusSource } from './report.js';

interface Named {
  /** Identifies it among all. Safe to print. */
  readonly name: string;
  /** The path of its file, or of the socket of its agent. Safe to print. */
  readonly source: string;
}

/** A certificate to watch. */
export interface Watched extends Named {
  readonly origin: StatusSource;
  /** The network, if the list states one. */
  readonly network?: NetworkOptions | undefined;
}

/** Something that should be watched and cannot be. */
export interface NotFound extends Named {
  readonly error: unknown;
}

/** A certificate that was read, or the reason why not. */
export type Finding = Found | Failed;

/** A certificate that was read. */
export interface Found extends Named {
  readonly report: Report;
}

/** A certificate that was not read, and why. */
export interface Failed extends Named {
  readonly complaint: Complaint;
}

/** Whether the certificate was read. */
export function isFound(finding: Finding): finding is Found {
  return 'report' in finding;
}

/** The exit codes of findings, the best first. */
const SEVERITY: readonly ExitCode[] = [
  ExitCode.valid,
  ExitCode.warning,
  ExitCode.critical,
  ExitCode.usage,
  ExitCode.environment,
  ExitCode.invalid,
];

/** The exit code of one finding. */
export function exitCodeOf(finding: Finding): ExitCode {
  return isFound(finding) ? EXIT_CODE_OF[finding.report.result] : finding.complaint.exitCode;
}

/** The exit code of all findings: that of the worst one. They are sorted. */
export function worstExitCode(findings: readonly Finding[]): ExitCode {
  return findings[0] === undefined ? ExitCode.environment : exitCodeOf(findings[0]);
}

/** Sorts the worst first: not valid, not read, then by the days that are left. Equals keep their order. */
export function worstFirst(one: Finding, other: Finding): number {
  const severity = (finding: Finding) => SEVERITY.indexOf(exitCodeOf(finding));
  return severity(other) - severity(one) || daysLeft(one) - daysLeft(other) || 0;
}

/** Without dates the remaining periods count: they are of one network. */
function daysLeft(finding: Finding): number {
  if (!isFound(finding)) return 0;
  const { days, remainingPeriods } = finding.report.life;
  return days ?? remainingPeriods;
}
