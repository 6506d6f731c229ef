/**
 * The program of `npm run proof`. It scans every operation in a separate process and prints one table.
 */
import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { document, screenOf } from './report.js';
import { holds, proofOf, USERS, type User } from './rows.js';

const FAILED = 1;
const NOT_POSSIBLE = 2;

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  const isDocumented = given[0] === '--document';
  if (given.length > (isDocumented ? 1 : 0)) {
    console.error('npm run proof [-- --document]');
    return NOT_POSSIBLE;
  }
  if (process.platform !== 'linux') {
    console.error(
      `The memory of a process can be scanned on Linux only; this is ${process.platform}.`,
    );
    return NOT_POSSIBLE;
  }
  const proof = await proofOf(usersHere(), progress);
  // A table with violations is printed, but never written to the documentation.
  const isProved = holds(proof);
  console.log(isProved && isDocumented ? document(proof) : screenOf(proof));
  return isProved ? 0 : FAILED;
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
