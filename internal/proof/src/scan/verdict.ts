import { describeFindings, type Finding, type ProcessReport } from '@evolock/memory-scan';
import type { Needles } from '../secrets/needles.js';

/** The result of the scans of one process. */
export interface Verdict {
  /** The number of copies of live secrets in locked memory. */
  readonly locked: number;
  /** The number of copies of any secret, or of a piece of one, outside locked memory. */
  readonly unlocked: number;
  /** The number of copies in locked memory of secrets that had to be erased. */
  readonly erased: number;
  /** Every violation. A proof has none. */
  readonly problems: readonly string[];
}

/** What the scan of some memory reports. */
export type Found = Pick<ProcessReport, 'findings' | 'unreadable'>;

/** The name of the needle that every process holds in ordinary memory. */
export const CANARY = 'canary';

/** Judges what the scan of one process found. */
export function verdictOf({ findings: all, unreadable }: Found, needles: Needles): Verdict {
  const findings = all.filter(saysSomething);
  const secret = findings.filter(({ needle }) => needle !== CANARY);
  const canaries = findings.filter(({ needle, mapping }) => needle === CANARY && !mapping.locked);
  const unlocked = secret.filter(({ mapping }) => !mapping.locked);
  const locked = secret.filter(({ mapping }) => mapping.locked);
  const live = locked.filter(({ needle }) => needles.live.has(needle));
  const erased = locked.filter(({ needle }) => !needles.live.has(needle));
  const isWhole = ({ needle, length }: Finding): boolean =>
    needles.all.some((each) => each.name === needle && each.length === length);
  return {
    locked: live.length,
    unlocked: unlocked.length,
    erased: erased.length,
    problems: [
      ...listed('outside of locked memory', unlocked),
      ...listed('in locked memory, though it had to be gone', erased),
      // Then the scan looked for wrong bytes, or did not read all memory, and proves nothing.
      ...[...needles.live]
        .filter((name) => !live.some((finding) => finding.needle === name && isWhole(finding)))
        .map((name) => `not found in locked memory, where it has to be: ${name}`),
      ...(canaries.length > 0 ? [] : ['the canary was not found in ordinary memory']),
      ...unreadable.map(
        ({ start, mapping }) => `not readable: ${start.toString(16)} ${mapping.name}`,
      ),
    ],
  };
}

/** Adds what a scan of files found to a verdict. */
export function judgeFiles(
  verdict: Verdict,
  hits: readonly Omit<Finding, 'mapping'>[],
  { live }: Needles,
): Verdict {
  const gone = new Set(
    hits.filter((hit) => saysSomething(hit) && !live.has(hit.needle)).map(({ needle }) => needle),
  );
  const missed = [...live].filter((name) => hits.every(({ needle }) => needle !== name));
  const problems = [
    ...[...gone].map((name) => `in a file, though it had to be gone: ${name}`),
    ...missed.map((name) => `not found in a file, where it has to be: ${name}`),
  ];
  return { ...verdict, problems: [...verdict.problems, ...problems] };
}

/** Digits are small numbers, which are frequent in any memory. A short run of them is not a finding. */
function saysSomething({ needle, length }: Pick<Finding, 'needle' | 'length'>): boolean {
  return !needle.startsWith('digits of') || length >= 20;
}

function listed(where: string, findings: readonly Finding[]): string[] {
  return findings.length === 0 ? [] : [`${where}:\n${describeFindings(findings)}`];
}

/** The verdict on a process that failed before its scan. Other processes continue. */
export function failed(error: unknown): Verdict {
  return { locked: 0, unlocked: 0, erased: 0, problems: [String(error)] };
}
