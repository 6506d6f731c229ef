/** The program of `npm run proof`. It scans every operation in a separate process and prints the tables. */
import { parseArgs } from 'node:util';
import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { document, problemsOf, tablesOf } from './report.js';
import { proofOf, USERS } from './rows.js';

const { values } = parseArgs({
  options: {
    // Writes the tables into docs/measured/proof.md, if everything holds.
    document: { type: 'boolean', default: false },
  },
});
if (process.platform !== 'linux')
  throw new Error(`the memory of a process can be scanned on Linux only: ${process.platform}`);
const impossible = whyNoOrdinaryUser();
if (impossible !== undefined) console.error(`no scans as an ordinary user: ${impossible}`);

const begin = performance.now();
const proof = await proofOf(impossible === undefined ? USERS : ['as started'], progress);
const problems = problemsOf(proof);
const seconds = Math.round((performance.now() - begin) / 1000);
console.log([tablesOf(proof), '', `${seconds} s`, ...problems].join('\n'));
if (problems.length > 0) process.exitCode = 1;
else if (values.document) document(proof);

/** Prints the progress when standard error is a terminal. */
function progress(finished: number, total: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${finished} of ${total}${finished === total ? '\n' : ''}`);
}
