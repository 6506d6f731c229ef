#!/usr/bin/env node
/** The command `kes`. */
import { run } from './run.js';

// A reader that has enough (`kes … | head`) is no error; keys are wiped all the same.
process.stdout.on('error', () => undefined);

void run({
  args: process.argv.slice(2),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
