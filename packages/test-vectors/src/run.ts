#!/usr/bin/env node
/**
 * `evolock-conformance [--max-depth DEPTH] [--timeout SECONDS] [--json FILE] -- COMMAND [ARGUMENT …]`: runs the cases against a
 * process.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ConformanceFailure, type ConformanceReport, runConformance } from './conformance.js';
import { stdioImplementation, type StdioImplementation } from './stdio.js';

declare const PACKAGE_VERSION: string;

const USAGE = `usage: evolock-conformance [--max-depth DEPTH] [--timeout SECONDS] [--json FILE] -- COMMAND [ARGUMENT …]

Starts COMMAND, runs the cases of the vectors against it, and prints the causes of failures and the coverage.
COMMAND must implement the protocol of @evolock/test-vectors on its standard input and output. --json writes
the whole report to FILE.

exit code: 0 when all cases pass, 1 when a case or the exchange with COMMAND fails, 2 for wrong arguments
`;

interface Arguments {
  readonly command: string;
  readonly args: readonly string[];
  readonly maxDepth: number | undefined;
  readonly timeout: number | undefined;
  readonly reportFile: string | undefined;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new TypeError(`expected a number, received ${text}`);
  return Number(text);
}

function readArguments(argv: readonly string[]): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: {
        'max-depth': { type: 'string' },
        timeout: { type: 'string' },
        json: { type: 'string' },
      },
      allowPositionals: true,
    });
    const [command, ...args] = positionals;
    if (command === undefined) return undefined;
    const maxDepth = numberOf(values['max-depth']);
    return { command, args, maxDepth, timeout: numberOf(values.timeout), reportFile: values.json };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function failureJson({ group, name, error }: ConformanceFailure): object {
  const { code, location, message } = error;
  return { group, name, code, location, message };
}

/** The report of a run, in the form of `schema/conformance-report.schema.json`. */
function reportJson(
  { command, args, maxDepth }: Arguments,
  { name, verifiesOnly = false }: StdioImplementation,
  { conforms, passed, failures, causes, behavesLike, coverage }: ConformanceReport,
): object {
  return {
    schemaVersion: 1,
    runner: `@evolock/test-vectors ${PACKAGE_VERSION}`,
    date: new Date().toISOString(),
    implementation: name,
    command: [command, ...args],
    verifiesOnly,
    maxDepth: maxDepth ?? null,
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
    behavesLike: behavesLike.map(({ of, name: mistake }) => `${of}: ${mistake}`),
    causes: causes.map((cause) => ({ ...cause, first: failureJson(cause.first) })),
    failures: failures.map(failureJson),
  };
}

async function main(argv: readonly string[]): Promise<number> {
  const read = readArguments(argv);
  if (read === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { command, args, maxDepth, timeout, reportFile } = read;
  try {
    const implementation = await stdioImplementation(command, args, { timeout });
    try {
      const report = await runConformance(implementation, { maxDepth });
      process.stdout.write(`${implementation.name}\n${report.statement}\n`);
      if (reportFile !== undefined) {
        const json = reportJson(read, implementation, report);
        writeFileSync(reportFile, `${JSON.stringify(json, undefined, 2)}\n`);
      }
      return report.conforms ? 0 : 1;
    } finally {
      await implementation.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
