import { CommanderError } from 'commander';
import { complaintOf } from './complaint.js';
import { ExitCode } from './exit-code.js';
import { kesCommand } from './kes-command.js';
import { jsonText } from './printable.js';
import { Session } from './session.js';
import { Style } from './style.js';
import type { Surroundings } from './surroundings.js';

/**
 * Runs the command.
 *
 * @returns The exit code; whatever went wrong has been said in one line on stderr.
 */
export async function run(surroundings: Surroundings): Promise<number> {
  const session = new Session(surroundings);
  try {
    await kesCommand(session).parseAsync(surroundings.args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    // Commander ends a run by an error of this class after it has shown the version, or help: because it was asked for,
    // or because the command line says no more than `kes`.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ExitCode.usage;
    return complain(surroundings, error);
  }
}

function complain({ args, stderr, environment }: Surroundings, error: unknown): number {
  const { exitCode, code, message } = complaintOf(error);
  const text = args.includes('--json')
    ? jsonText({ error: { code, message, exitCode } })
    : `kes: ${Style.for(stderr, environment).bad('error:')} ${message}`;
  stderr.write(`${text}\n`);
  return exitCode;
}
