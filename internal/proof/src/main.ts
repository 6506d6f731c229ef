/**
 * The program of `npm run proof`. It scans every operation in a separate process and prints one table.
 */
import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { allControls } from './controls/controls.js';
import { allRows } from './report/all-rows.js';
import { document } from './report/document.js';
import { holds, screenOf, type Proof } from './report/screen.js';
import { thisSystem } from './report/system.js';
import { USERS, type User } from './prove/user.js';

const FORMATS: Readonly<Record<string, (proof: Proof) => string>> = {
  '--json': (proof) => JSON.stringify(proof, undefined, 2),
  '--document': document,
};

const FAILED = 1;
const NOT_POSSIBLE = 2;

async function main(): Promise<number> {
  const [option, ...rest] = process.argv.slice(2);
  const format = option === undefined ? screenOf : FORMATS[option];
  if (format === undefined || rest.length > 0) {
    console.error('npm run proof [-- --json | --document]');
    return NOT_POSSIBLE;
  }
  if (process.platform !== 'linux') {
    console.error(
      `The memory of a process can be scanned on Linux only; this is ${process.platform}.`,
    );
    return NOT_POSSIBLE;
  }
  const begin = performance.now();
  const controls = await allControls();
  const rows = await allRows(usersHere(), progress);
  const seconds = (performance.now() - begin) / 1000;
  const proof: Proof = { system: thisSystem(), seconds, controls, rows };
  if (!holds(proof)) {
    // A table with violations is printed, but never written to the documentation.
    console.log(format === document ? screenOf(proof) : format(proof));
    return FAILED;
  }
  console.log(format(proof));
  return 0;
}

/** All users, or only the current user when the process cannot change to another. */
function usersHere(): readonly User[] {
  const impossible = whyNoOrdinaryUser();
  if (impossible === undefined) return USERS;
  console.error(`no scans as an ordinary user: ${impossible}`);
  return ['as started'];
}

/** Prints the progress when standard error is a terminal. */
function progress(finished: number, total: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${finished} of ${total}${finished === total ? '\n' : ''}`);
}

process.exitCode = await main();
