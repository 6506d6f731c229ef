// Runs examples. The examples of one document share a process, which is faster than a process for each.
import { fork } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./write.mjs').Written} Written */
/** @typedef {import('./driver.mjs').Report} Report */

const driver = fileURLToPath(new URL('driver.mjs', import.meta.url));

/**
 * @param {readonly Written[]} written
 * @param {{ timeout?: number }} [options] milliseconds for the examples of one document together
 * @returns {Promise<Map<Written, string | undefined>>} what went wrong with each
 */
export async function runExamples(written, { timeout = 60_000 } = {}) {
  /** @type {Map<Written, string | undefined>} */
  const outcomes = new Map();
  for (const group of byDocument(written)) {
    for (const [each, outcome] of await runGroup(group, timeout)) outcomes.set(each, outcome);
  }
  return outcomes;
}

/**
 * @param {readonly Written[]} written
 * @returns {Iterable<Written[]>}
 */
function byDocument(written) {
  /** @type {Map<string, Written[]>} */
  const groups = new Map();
  for (const each of written) {
    const group = groups.get(each.example.file) ?? [];
    groups.set(each.example.file, [...group, each]);
  }
  return groups.values();
}

/**
 * @param {readonly Written[]} group
 * @param {number} timeout
 * @returns {Promise<[Written, string | undefined][]>}
 */
async function runGroup(group, timeout) {
  const { reports, end } = await runProcess(
    group.map(({ program }) => program),
    timeout,
  );
  // The first example without a report is the one that was running when the process ended.
  const culprit = group.find(({ program }) => !reports.has(program));
  return group.map((each) => {
    const report = reports.get(each.program);
    if (report) return [each, report.error];
    const blame = each === culprit ? '' : `did not run: line ${culprit?.example.line} before it `;
    return [each, `${blame}ended the process (${end})`];
  });
}

/**
 * @param {readonly string[]} programs
 * @param {number} timeout
 * @returns {Promise<{ reports: Map<string, Report>, end: string }>}
 */
function runProcess(programs, timeout) {
  return new Promise((resolve, reject) => {
    // A reader does not use vitest's options for Node. An example may write files into this folder.
    const child = fork(driver, programs, {
      cwd: dirname(programs[0] ?? driver),
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      timeout,
    });
    /** @type {Map<string, Report>} */
    const reports = new Map();
    let output = '';
    child.stdout?.on('data', (text) => (output += String(text)));
    child.stderr?.on('data', (text) => (output += String(text)));
    child.on('message', (message) => {
      const report = /** @type {Report} */ (message);
      reports.set(report.program, report);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ reports, end: `${signal ?? `exit code ${code}`}\n${output}`.trim() });
    });
  });
}
