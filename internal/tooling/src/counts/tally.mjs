// Command: adds up the counts that test runs and steps of CI have written to a file, one JSON line each, and prints
// `N passed, N failed` after one line for each failure. Exits with 1 when anything failed, or when the file has no counts.
import { readFileSync } from 'node:fs';
import { add } from './test-counts.mjs';

/** @typedef {import('./test-counts.mjs').Counts} Counts */

const [file = ''] = process.argv.slice(2);
const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
const counts = lines.map(
  (line) => /** @type {Counts & { failures?: readonly string[] }} */ (JSON.parse(line)),
);
for (const { failures = [] } of counts)
  for (const failure of failures) console.log(`failed: ${failure}`);
const { passed, failed } = counts.reduce(add, { passed: 0, failed: 0, skipped: 0 });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
