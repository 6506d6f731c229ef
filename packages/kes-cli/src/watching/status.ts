/** `kes status` of many certificates, with metrics. */
import { CommandError } from '../cli/errors.js';
import type { Outcome, Session } from '../cli/session.js';
import { STDIN } from '../cli/text.js';
import { checkMetricsName } from '../files/metrics.js';
import { refuseExisting, writePublic } from '../files/write.js';
import { isFound, worstExitCode, type Finding } from './finding.js';
import { metricsOf } from './metrics.js';
import { watch, type WatchOptions } from './watch.js';
import { findingsInWords, findingsJson } from './words.js';

/** The options. */
export interface StatusOfAllOptions extends WatchOptions {
  readonly prometheus?: string | undefined;
  readonly json?: boolean;
}

/** The path that means standard output. */
const STDOUT = STDIN;

/** How metrics are written: every run replaces those of the run before, and no other file. */
const METRICS = { force: true, kind: 'metrics' } as const;

/** Judges all certificates, writes their metrics, and shows the worst first. */
export async function statusOfAll(
  session: Session,
  paths: readonly string[],
  options: StatusOfAllOptions,
): Promise<Outcome> {
  const { prometheus } = options;
  checkTarget(options);
  const findings = await watch(session, paths, options);
  const metrics = metricsOf(findings);
  if (prometheus !== undefined && prometheus !== STDOUT) {
    writePublic(prometheus, Buffer.from(`${metrics.join('\n')}\n`), METRICS);
  }
  return {
    exitCode: worstExitCode(findings),
    json: findingsJson(findings),
    warnings: warningsOf(findings),
    lines: (style) => (prometheus === STDOUT ? metrics : findingsInWords(findings, options, style)),
  };
}

/** Before any certificate is read. */
function checkTarget({ prometheus, json = false }: StatusOfAllOptions): void {
  if (prometheus === undefined) return;
  if (prometheus !== STDOUT) {
    checkMetricsName('--prometheus', prometheus);
    refuseExisting(prometheus, METRICS.force, METRICS.kind);
  } else if (json) {
    throw new CommandError('usage', '--prometheus - prints metrics: leave --json out');
  }
}

/** A warning about the network is the same for all of its certificates. */
function warningsOf(findings: readonly Finding[]): string[] {
  const all = findings.flatMap((each) => (isFound(each) ? each.report.warnings : []));
  return [...new Set(all)];
}
