#!/usr/bin/env node
/** The command `kes`. */
import { ExitCode } from './exit-code.js';
import { systemError } from './files/system-error.js';
import { run } from './run.js';

// A reader that has enough (`kes … | head`) is no error; a full disk is, since what was asked for is not there.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.exitCode = ExitCode.environment;
  process.stderr.write(`kes: error: ${systemError('standard output', error).message}\n`);
});
// Nobody can be told; the exit code says it.
process.stderr.on('error', () => undefined);

void run({
  args: process.argv.slice(2),
  stdin: 0,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
}).then((exitCode) => {
  process.exitCode ??= exitCode;
  // A read of standard input may be in progress. It would keep the process alive after the reader of the output has gone.
  if (process.stdout.destroyed) process.exit();
});
