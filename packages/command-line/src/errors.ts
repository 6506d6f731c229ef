/** The errors of a command, the exit codes, and the messages for the user. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { EvolockError } from '@evolock/direct-serialise';
import type { FileError } from '@evolock/direct-serialise-io';
import { printable } from './text.js';

/** How a run ends, for scripts. A program may have more. */
export const ExitCode = {
  /** The command succeeded, and what it checked is valid. */
  valid: 0,
  /** What was checked is not valid, or a file does not hold what it should. */
  invalid: 1,
  /** The command cannot run with these arguments. */
  usage: 2,
  /** The system refuses: a file, a permission, a lock, the lock limit. */
  environment: 3,
  /** Nothing is invalid, and not everything could be judged. */
  incomplete: 4,
  /** Something that has to be there is not. */
  missing: 5,
} as const;

/** One of the exit codes above, or one of the program's own. */
export type ExitCode = number;

/** The exit codes of a command that checks nothing. */
export const UNCHECKED: readonly ExitCode[] = [
  ExitCode.valid,
  ExitCode.usage,
  ExitCode.environment,
];

export const CHECKED: readonly ExitCode[] = [
  ExitCode.valid,
  ExitCode.invalid,
  ExitCode.usage,
  ExitCode.environment,
];

/** Why a command ends: each reason has one exit code and one error code. */
export type Failure = 'invalid' | 'usage' | 'environment' | 'missing';

const CODES = {
  invalid: 'ERR_EVOLOCK_CLI_INVALID',
  usage: 'ERR_EVOLOCK_CLI_USAGE',
  environment: 'ERR_EVOLOCK_CLI_ENVIRONMENT',
  missing: 'ERR_EVOLOCK_CLI_MISSING',
} as const;

interface CommandErrorOptions extends ErrorOptions {
  /** The code of a library's error, which is kept where the command only rewords the message. */
  readonly code?: string;
}

/** An error for the user. Its message is one line: what is wrong, with which argument or file, what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  /** `ERR_EVOLOCK_CLI_` with the failure, in capital letters, or the code of a library. */
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(failure: Failure, message: string, options?: CommandErrorOptions) {
    super(message, options);
    this.exitCode = ExitCode[failure];
    this.code = options?.code ?? CODES[failure];
  }
}

export function usage(message: string, options?: CommandErrorOptions): CommandError {
  return new CommandError('usage', message, options);
}

/** The error about something that is not valid, or a file that does not hold what it should. */
export function invalid(message: string, options?: CommandErrorOptions): CommandError {
  return new CommandError('invalid', message, options);
}

/** An error as the user gets it. */
export interface Complaint {
  readonly exitCode: ExitCode;
  /** Stable, for scripts. */
  readonly code: string;
  readonly message: string;
}

/** What the codes of the libraries mean to a program. The first prefix that fits counts. */
export type Failures = readonly (readonly [prefix: string, failure: Failure])[];

export function failureOf(code: string, failures: Failures): Failure {
  return failures.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'environment';
}

/** The message in one line, the code and the exit code of anything that was thrown. */
export function complaintOf(error: unknown, failures: Failures): Complaint {
  const message = lineOf(error);
  if (error instanceof CommandError) return { exitCode: error.exitCode, code: error.code, message };
  if (error instanceof EvolockError) {
    const failure = failureOf(error.code, failures);
    return { exitCode: ExitCode[failure], code: error.code, message };
  }
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return {
    exitCode: ExitCode.environment,
    code: typeof code === 'string' ? code : 'ERR_EVOLOCK_CLI_UNEXPECTED',
    message,
  };
}

/** The message in one line: `printable` replaces line breaks. Where a folder does not exist, it names the folder. */
function lineOf(error: unknown): string {
  const { code, systemCode, reason = '', path = '' } = (error ?? {}) as Partial<FileError>;
  const isMissing =
    code === 'ERR_EVOLOCK_IO_FILE' &&
    systemCode === 'ENOENT' &&
    ['not-found', 'no-folder'].includes(reason);
  const folder = isMissing ? missingFolder(path) : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return printable((folder === undefined ? message : `${path}: ${folder}`).trim());
}

/** Names the outermost folder of a path that does not exist; `undefined` when its folder exists. */
export function missingFolder(path: string): string | undefined {
  let missing: string | undefined;
  // The walk ends at `.` or `/`, which `dirname` returns unchanged. A removed working directory does not exist either.
  for (let folder = dirname(path); folder !== missing && !existsSync(folder);) {
    missing = folder;
    folder = dirname(folder);
  }
  return missing === undefined ? undefined : `its folder ${printable(missing)} does not exist`;
}
