// This reporter ends a run with its counts: `N passed, N failed, N skipped`.
// In CI it prints the ten slowest files before that line.
// Where EVOLOCK_TEST_TALLY names a file, it appends the counts and the failures to it, one JSON line a run. .ci/run adds
// them up.
import { appendFileSync } from 'node:fs';
import { closingLine, countTests, listFailures, slowestFiles } from './test-counts.mjs';

/** @typedef {import('vitest/node').TestModule} TestModule */
/** @typedef {import('vitest/node').Reporter} Reporter */

/** @implements {Reporter} */
export default class ClosingLine {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const counts = countTests(modules, unhandledErrors);
    const tally = process.env['EVOLOCK_TEST_TALLY'];
    const failures = listFailures(modules, unhandledErrors);
    if (tally) appendFileSync(tally, `${JSON.stringify({ ...counts, failures })}\n`);
    if (process.env['CI']) console.log(slowestFiles(modules, 10));
    console.log(closingLine(counts));
  }
}
