/** The process of the command `kes`: its streams, its clock and its exit code. */
import { ExitCode } from './cli/errors.js';
import { run } from './cli/run.js';

/** Settles when the loss of the output is reported. */
let report = Promise.resolve();
/** Whether the output ended before everything was written. Node.js closes no standard output otherwise. */
let isCutOff = false;

process.stdout.on('close', () => (isCutOff = true));

// A reader that closes the pipe early (`kes … | head`) is not an error. A full disk is: the output is lost.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.exitCode = ExitCode.environment;
  report = reportLoss(error);
});
// The message is lost. The exit code remains.
process.stderr.on('error', () => undefined);

async function reportLoss(error: NodeJS.ErrnoException): Promise<void> {
  const { systemError } = await import('./files/read.js');
  process.stderr.write(`kes: error: ${systemError('standard output', error).message}\n`);
}

function inspectorUrl(): string | undefined {
  try {
    return process.getBuiltinModule('node:inspector').url();
  } catch {
    // Node.js built without an inspector, or another runtime.
    return undefined;
  }
}

void run(process.argv.slice(2), {
  stdin: 0,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  now: () => new Date(),
  monotonic: () => performance.now(),
  headerWorker: new URL('./header-worker.cjs', import.meta.url),
  signals: process,
  inspectorUrl,
}).then(async (exitCode) => {
  process.exitCode ??= exitCode;
  // A read of standard input or a write may be in progress. It would keep the process alive.
  if (!isCutOff) return;
  await report;
  process.exit();
});
