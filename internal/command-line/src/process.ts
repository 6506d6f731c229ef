/** The process of a program: its streams, its clock and its exit code. */
import { ExitCode } from './errors.js';
import { run } from './run.js';
import type { ProgramTree } from './tree.js';

/**
 * Runs a program as this process.
 *
 * @param program - The program.
 * @param modules - The folder of the build.
 */
export async function runProcess(program: ProgramTree, modules: URL): Promise<void> {
  /** Settles when the loss of the output is reported. */
  let report = Promise.resolve();
  /** Whether the output ended before everything was written. Node.js closes no standard output otherwise. */
  let isCutOff = false;
  process.stdout.on('close', () => (isCutOff = true));
  // A reader that closes the pipe early (`… | head`) is not an error. A full disk is: the output is lost.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = ExitCode.environment;
    report = reportLoss(program.name, error);
  });
  // The message is lost. The exit code remains.
  process.stderr.on('error', () => undefined);
  const exitCode = await run(program, process.argv.slice(2), {
    stdin: 0,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    now: () => new Date(),
    monotonic: () => performance.now(),
    modules,
    signals: process,
    inspectorUrl,
  });
  process.exitCode ??= exitCode;
  // A read of standard input or a write may be in progress. It would keep the process alive.
  if (!isCutOff) return;
  await report;
  process.exit();
}

async function reportLoss(name: string, error: NodeJS.ErrnoException): Promise<void> {
  const { systemError } = await import('./system-error.js');
  process.stderr.write(`${name}: error: ${systemError('standard output', error).message}\n`);
}

function inspectorUrl(): string | undefined {
  try {
    return process.getBuiltinModule('node:inspector').url();
  } catch {
    // Node.js built without an inspector, or another runtime.
    return undefined;
  }
}
