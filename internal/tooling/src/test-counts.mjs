// @ts-check
// Command, at the end of .ci/run: adds up the reports in a folder, which vitest writes as JSON where EVOLOCK_TEST_REPORTS
// names one (vitest.config.ts); the steps of .ci/run have the same form. Prints the ten slowest files, a line for each
// failure, and `N passed, N failed`. Exits with 1 when anything failed.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @typedef {{ status: string, fullName: string, failureMessages?: string[] }} Test */
/** @typedef {{ name: string, status: string, message: string, startTime?: number, endTime?: number, assertionResults: Test[] }} File */

const [folder = ''] = process.argv.slice(2);
/** @type {File[]} */
const reports = readdirSync(folder).flatMap(
  (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).testResults,
);
const files = reports.map((file) => ({ ...file, name: relative('.', file.name) }));

const timed = files
  .map(({ name, startTime = 0, endTime = -1 }) => ({ name, time: endTime - startTime }))
  // A step prints its time itself.
  .filter(({ time }) => time >= 0)
  .sort((a, b) => b.time - a.time);
for (const { name, time } of timed.slice(0, 10))
  console.log(`${(time / 1_000).toFixed(1).padStart(6)} s  ${name}`);

const failures = files.flatMap(({ name, status, message, assertionResults }) => {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  // A file that cannot be imported, or whose hooks throw, fails without a failed test in it.
  if (failed.length === 0) return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
  return failed.map(
    ({ fullName, failureMessages = [] }) =>
      `${name} > ${fullName}: ${firstLine(failureMessages[0])}`,
  );
});
for (const failure of failures) console.log(`failed: ${failure}`);
const tests = files.flatMap(({ assertionResults }) => assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;

/** @param {string} [text] */
function firstLine(text = '') {
  return text.trim().split('\n', 1).join('').slice(0, 300);
}
