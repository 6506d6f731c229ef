import { CommanderError } from 'commander';
import { kesCommand } from '../kes.js';
import { complaintOf, ExitCode } from './errors.js';
import { Session, type Context } from './session.js';
import { styleFor } from './style.js';
import { jsonText } from './text.js';

/**
 * Runs the command.
 *
 * @param args - The arguments after `kes`.
 * @param context - What the run takes from its process.
 * @returns The exit code. An error was printed on stderr, in one line.
 */
export async function run(args: readonly string[], context: Context): Promise<ExitCode> {
  const session = new Session(args, context);
  try {
    const command = await kesCommand(session);
    await command.parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    // Commander throws this after it has shown the version or the help. The exit code is 0 when the user asked for it.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.valid : ExitCode.usage;
    }
    const { exitCode, code, message } = complaintOf(error);
    const text = args.includes('--json')
      ? jsonText({ error: { code, message, exitCode } })
      : `kes: ${styleFor(context.stderr, context.environment).bad('error:')} ${message}`;
    context.stderr.write(`${text}\n`);
    return exitCode;
  }
}
