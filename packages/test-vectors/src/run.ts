#!/usr/bin/env node
/**
 * `evolock-conformance [--max-depth DEPTH] [--timeout MS] [--json FILE] -- COMMAND [ARGUMENT …]`: runs the cases against a process.
 */
import { parseArgs } from 'node:util';
import { writeReport } from './report/report-file.js';
import { runConformance } from './runner/run-conformance.js';
import { stdioImplementation } from './stdio/client.js';

const USAGE = `usage: evolock-conformance [--max-depth DEPTH] [--timeout MS] [--json FILE] -- COMMAND [ARGUMENT …]

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
      const { name, verifiesOnly = false } = implementation;
      const report = await runConformance(implementation, { maxDepth });
      process.stdout.write(`${name}\n${report.statement}\n`);
      if (reportFile !== undefined) {
        writeReport(
          reportFile,
          { implementation: name, command: [command, ...args], verifiesOnly, maxDepth },
          report,
        );
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
