#!/usr/bin/env node
/** The process of the command `kes`: its streams, its clock and its exit code. */
import { ExitCode, systemError } from './cli/errors.js';
import { run } from './cli/run.js';

// A reader that closes the pipe early (`kes … | head`) is not an error. A full disk is: the output is lost.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.exitCode = ExitCode.environment;
  process.stderr.write(`kes: error: ${systemError('standard output', error).message}\n`);
});
// The message is lost. The exit code remains.
process.stderr.on('error', () => undefined);

void run(process.argv.slice(2), {
  stdin: 0,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  now: () => new Date(),
  headerWorker: new URL('./header-worker.js', import.meta.url),
  signals: process,
}).then((exitCode) => {
  process.exitCode ??= exitCode;
  // A read of standard input may be in progress. It would keep the process alive after the reader has closed the output.
  if (process.stdout.destroyed) process.exit();
});
