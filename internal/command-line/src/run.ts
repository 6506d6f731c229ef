import { CommanderError } from 'commander';
import { complaintOf, ExitCode } from './errors.js';
import { Session, type Context } from './session.js';
import { styleFor } from './style.js';
import { jsonText } from './text.js';
import { namedCommands, type ProgramTree } from './tree.js';

/**
 * Runs a program.
 *
 * @param program - Its commands.
 * @param args - The arguments after its name.
 * @param context - What the run takes from its process.
 * @returns The exit code. An error was printed on stderr, in one line.
 */
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
