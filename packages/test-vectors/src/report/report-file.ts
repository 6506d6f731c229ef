import { writeFileSync } from 'node:fs';
import type { ConformanceReport } from '../runner/run-conformance.js';
import type { ConformanceFailure } from './causes.js';

declare const PACKAGE_VERSION: string;

/** The run that a report is about. */
export interface ReportedRun {
  /** The name that the implementation states. */
  readonly implementation: string;
  /** The command that was started, with its arguments. */
  readonly command: readonly string[];
  /** Whether it only verifies. */
  readonly verifiesOnly: boolean;
  /** The greatest depth; absent: all depths. */
  readonly maxDepth: number | undefined;
}

function failureJson({ group, name, error }: ConformanceFailure): object {
  const { code, location, message } = error;
  return { group, name, code, location, message };
}

/**
 * Writes the report of a run, in the form of `schema/conformance-report.schema.json`.
 *
 * @param path - The file, which is replaced.
 * @throws The error of the file system when it cannot be written.
 *
 * @internal
 */
export function writeReport(path: string, run: ReportedRun, report: ConformanceReport): void {
  const { conforms, passed, failures, causes, coverage } = report;
  const json = {
    schemaVersion: 1,
    runner: `@evolock/test-vectors ${PACKAGE_VERSION}`,
    date: new Date().toISOString(),
    implementation: run.implementation,
    command: run.command,
    verifiesOnly: run.verifiesOnly,
    maxDepth: run.maxDepth ?? null,
    conforms,
    total: coverage.total,
    passed,
    groups: Array.from(coverage.groups, ([group, total]) => ({
      group,
      total,
      failed: failures.filter((failure) => failure.group === group).length,
    })),
    notOffered: coverage.notOffered,
    optionalNotOffered: coverage.optionalNotOffered,
    causes: causes.map((cause) => ({ ...cause, first: failureJson(cause.first) })),
    failures: failures.map(failureJson),
  };
  writeFileSync(path, `${JSON.stringify(json, undefined, 2)}\n`);
}
