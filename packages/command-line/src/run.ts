/** A run of a program: with what is handed in, or as this process with its streams, its clock and its exit code. */
import { CommanderError } from 'commander';
import { complaintOf, ExitCode } from './errors.js';
import { Session, type Context } from './session.js';
import { jsonText, styleFor } from './text.js';
import { namedCommands, type ProgramTree } from './tree.js';

/** Runs a program, and returns the exit code. An error was printed on stderr, in one line. */
export async function run(
  program: ProgramTree,
  args: readonly string[],
  context: Context,
): Promise<ExitCode> {
  const session = new Session(program, args, context);
  try {
    const command = await namedCommands(program, session);
    await command.parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    // Commander throws this after it has shown the version or the help. The exit code is 0 when the user asked for it.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.valid : ExitCode.usage;
    }
    const { exitCode, code, message } = complaintOf(error, program.failures);
    const text = args.includes('--json')
      ? jsonText({ error: { code, message, exitCode } })
      : `${program.name}: ${styleFor(context.stderr, context.environment).bad('error:')} ${message}`;
    context.stderr.write(`${text}\n`);
    return exitCode;
  }
}

/** Runs a program as this process. Its build is in the folder `modules`. */
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
