// Counts the results of a vitest run.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ readonly message: string }} Reason */
/** @typedef {{ fullName: string, result(): { state: string, errors?: readonly Reason[] | undefined } }} CountableTest */
/** @typedef {{ relativeModuleId: string, state(): string, errors(): readonly Reason[], children: { allTests(): Iterable<CountableTest> } }} CountableModule */

/** @typedef {{ relativeModuleId: string, project: { name: string }, diagnostic(): { collectDuration: number, duration: number } }} TimedModule */

/** @type {Readonly<Counts>} */
const none = { passed: 0, failed: 0, skipped: 0 };

/**
 * @param {readonly CountableModule[]} modules
 * @param {readonly unknown[]} unhandledErrors errors outside any test; each counts as a failure
 * @returns {Counts}
 */
export function countTests(modules, unhandledErrors) {
  return [...modules.map(countModule), { ...none, failed: unhandledErrors.length }].reduce(
    add,
    none,
  );
}

/**
 * @param {readonly CountableModule[]} modules
 * @param {readonly unknown[]} unhandledErrors
 * @returns {string[]} one line for each failure: file, test and the first line of its error
 */
export function listFailures(modules, unhandledErrors) {
  return [
    ...modules.flatMap(failuresOf),
    ...unhandledErrors.map((error) => `outside any test: ${firstLine(String(error))}`),
  ];
}

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export function add(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/**
 * @param {Counts} counts
 * @returns {string}
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * @param {readonly TimedModule[]} modules
 * @param {number} count
 * @returns {string} one line for each of the slowest files: seconds of import and tests, package, file
 */
export function slowestFiles(modules, count) {
  const timed = modules.map((module) => {
    const { collectDuration, duration } = module.diagnostic();
    return { seconds: (collectDuration + duration) / 1000, module };
  });
  const slowest = timed.sort((a, b) => b.seconds - a.seconds).slice(0, count);
  return slowest
    .map(({ seconds, module }) => {
      const { project, relativeModuleId } = module;
      return `${seconds.toFixed(1).padStart(6)} s  ${project.name}  ${relativeModuleId}`;
    })
    .join('\n');
}

/**
 * @param {CountableModule} module
 * @returns {Counts}
 */
function countModule(module) {
  const counts = { ...none };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') counts.passed += 1;
    else if (state === 'failed') counts.failed += 1;
    // A test still pending when the run ended (--bail, an interrupt) did not run.
    else counts.skipped += 1;
  }
  // A file that cannot be imported, or whose hooks throw, fails without a failed test in it.
  if (module.state() === 'failed' && counts.failed === 0) counts.failed = 1;
  return counts;
}

/**
 * @param {CountableModule} module
 * @returns {string[]}
 */
function failuresOf(module) {
  const { relativeModuleId: file } = module;
  const failed = [...module.children.allTests()].filter((test) => test.result().state === 'failed');
  if (failed.length === 0 && module.state() === 'failed')
    return [`${file}: ${reason(module.errors())}`];
  return failed.map((test) => `${file} > ${test.fullName}: ${reason(test.result().errors ?? [])}`);
}

/**
 * @param {readonly Reason[]} errors
 * @returns {string}
 */
function reason([error]) {
  return error ? firstLine(error.message) : 'no error was kept';
}

/**
 * @param {string} text
 * @returns {string}
 */
function firstLine(text) {
  return text.trim().split('\n', 1).join('').slice(0, 300);
}
