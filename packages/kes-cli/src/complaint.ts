import { FileError } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import { CommandError } from './command-error.js';
import { ExitCode } from './exit-code.js';
import { AboutFile } from './files/about-file.js';
import { systemError } from './files/system-error.js';
import { lineOf } from './line-of.js';

/** An error as the user gets it. */
export interface Complaint {
  readonly exitCode: ExitCode;
  /** A word that stays the same, for scripts. */
  readonly code: string;
  /** One line. */
  readonly message: string;
}

/** What the errors of the libraries mean for the exit code; by the beginning of their code, the first that fits. */
const MEANINGS: readonly (readonly [prefix: string, exitCode: ExitCode])[] = [
  ['ERR_EVOLOCK_IO_FILE', ExitCode.environment],
  ['ERR_EVOLOCK_CARDANO_RESERVED_NUMBER', ExitCode.usage],
  ['ERR_EVOLOCK_CARDANO_SPENT_NUMBER', ExitCode.environment],
  ['ERR_EVOLOCK_CARDANO_', ExitCode.invalid],
  ['ERR_EVOLOCK_KES_', ExitCode.invalid],
  ['ERR_EVOLOCK_ARGUMENT_', ExitCode.usage],
  ['ERR_EVOLOCK_IO_CLOSED_EARLY', ExitCode.invalid],
  ['ERR_EVOLOCK_IO_SURPLUS', ExitCode.invalid],
];

/** Says in one line what went wrong, and with which code the process ends. */
export function complaintOf(error: unknown): Complaint {
  if (error instanceof AboutFile) return { ...complaintOf(error.cause), message: lineOf(error) };
  const message = lineOf(isOfSystem(error) ? systemError(error.path, error.cause) : error);
  if (error instanceof CommandError) return { exitCode: error.exitCode, code: error.code, message };
  if (error instanceof EvolockError) {
    const { code } = error;
    const meaning = MEANINGS.find(([prefix]) => code.startsWith(prefix));
    return { exitCode: meaning?.[1] ?? ExitCode.environment, code, message };
  }
  const { code } = error as { readonly code?: unknown };
  return {
    exitCode: ExitCode.environment,
    code: typeof code === 'string' ? code : 'ERR_EVOLOCK_CLI_UNEXPECTED',
    message,
  };
}

/** Where the library says no more than what the system said, the command has words for what to do. */
function isOfSystem(error: unknown): error is FileError {
  return (
    error instanceof FileError &&
    error.systemCode !== undefined &&
    ['no-permission', 'system', 'not-found', 'no-folder'].includes(error.reason)
  );
}
