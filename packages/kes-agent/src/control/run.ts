/**
 * One run of `kes-agent-control`: from its arguments to its exit code.
 */
import { help, readArguments, UsageError } from './arguments.js';
import { runVerb, type Output } from './verbs.js';

declare const PACKAGE_VERSION: string;

/** The exit code of a failure that is no refusal by the agent. */
export const FAILURE = 1;

/**
 * Runs the command. Errors become lines on standard error.
 *
 * @returns The exit code.
 */
export async function runControl(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  try {
    const given = readArguments(args, environment);
    if (typeof given !== 'string') return await runVerb(given, output);
    output.print(given === 'help' ? help.trimEnd() : `kes-agent-control ${PACKAGE_VERSION}`);
    return 0;
  } catch (error) {
    output.warn(`error: ${error instanceof Error ? error.message : String(error)}`);
    if (!(error instanceof UsageError)) return FAILURE;
    output.warn('--help shows the verbs and options');
    return error.exitCode;
  }
}
