// @ts-check
// A reporter of vitest that ends a run with its counts: `N passed, N failed, N skipped`. In CI it prints the ten slowest
// files before that line. Where EVOLOCK_TEST_TALLY names a file, it appends the counts and the failures to it, one JSON line
// a run. As a program this file adds up such lines at the end of .ci/run, and exits with 1 when anything failed.
import { appendFileSync, readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('vitest/node').TestModule} TestModule */
/** @typedef {import('vitest/node').Reporter} Reporter */
/** @typedef {{ passed: number, failed: number, skipped: number, failures?: string[] }} Counts */

/** @implements {Reporter} */
export default class TestCounts {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    /** @param {string} state */
    const count = (state) => tests.filter((test) => test.result().state === state).length;
    const failures = [
      ...modules.flatMap(failuresOf),
      // They come without a prototype.
      ...unhandledErrors.map((error) => `outside any test: ${firstLine(messageOf(error))}`),
    ];
    const passed = count('passed');
    // A test that is still pending when the run ends did not run.
    const skipped = tests.length - passed - count('failed');
    const counts = { passed, failed: failures.length, skipped };
    const tally = process.env['EVOLOCK_TEST_TALLY'];
    if (tally) appendFileSync(tally, `${JSON.stringify({ ...counts, failures })}\n`);
    if (process.env['CI']) console.log(slowest(modules));
    console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
  }
}

/**
 * A line for each failure: file, test and the first line of its error.
 *
 * @param {TestModule} module
 */
function failuresOf(module) {
  const { relativeModuleId: file } = module;
  const failed = [...module.children.allTests()].filter((test) => test.result().state === 'failed');
  // A file that cannot be imported, or whose hooks throw, fails without a failed test in it.
  if (failed.length === 0 && module.state() === 'failed')
    return [`${file}: ${firstLine(module.errors()[0]?.message)}`];
  return failed.map(
    (test) => `${file} > ${test.fullName}: ${firstLine(test.result().errors?.[0]?.message)}`,
  );
}

/** @param {unknown} error */
function messageOf(error) {
  const { message } = /** @type {{ message?: unknown }} */ (Object(error));
  return typeof message === 'string' ? message : 'an error without a message';
}

/** @param {string} [text] */
function firstLine(text = 'no error was kept') {
  return text.trim().split('\n', 1).join('').slice(0, 300);
}

/**
 * The ten slowest: seconds of imports and tests, package, file.
 *
 * @param {readonly TestModule[]} modules
 */
function slowest(modules) {
  const timed = modules.map((module) => {
    const { collectDuration, duration } = module.diagnostic();
    const line = `${module.project.name}  ${module.relativeModuleId}`;
    return { seconds: (collectDuration + duration) / 1000, line };
  });
  timed.sort((a, b) => b.seconds - a.seconds);
  const lines = timed.slice(0, 10);
  return lines
    .map(({ seconds, line }) => `${seconds.toFixed(1).padStart(6)} s  ${line}`)
    .join('\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const lines = readFileSync(argv[2] ?? '', 'utf8')
    .split('\n')
    .filter(Boolean);
  const all = lines.map((line) => /** @type {Counts} */ (JSON.parse(line)));
  for (const failure of all.flatMap(({ failures = [] }) => failures))
    console.log(`failed: ${failure}`);
  const passed = all.reduce((sum, counts) => sum + counts.passed, 0);
  const failed = all.reduce((sum, counts) => sum + counts.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
