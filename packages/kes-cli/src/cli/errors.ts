/** The errors of the command, the exit codes, and the messages for the user. */
// Every run loads this file: it knows the errors of the packages with keys by their codes, and imports only their types.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CardanoError, FileError } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/direct-serialise';
import type { KesPeriodError } from '@evolock/kes-sum';
import { printable, sourceName } from './text.js';

/** How a run ends, for scripts. */
export const ExitCode = {
  /** The command succeeded, and what it checked is valid. */
  valid: 0,
  /** What was checked is not valid, or a file does not hold what it should. */
  invalid: 1,
  /** The command cannot run with these arguments. */
  usage: 2,
  /** The system refuses: a file, a permission, a lock, the lock limit. */
  environment: 3,
  /** Nothing is invalid, and not everything could be judged: something is no header or message, or chunks are missing. */
  unrecognised: 4,
  /** All certificates are valid, and one ends in less than `--warn-days`. */
  warning: 10,
  /** All certificates are valid, and one ends in less than `--crit-days`. */
  critical: 11,
} as const;

/** One of the seven exit codes. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each exit code means. A code that some commands alone return has the words for these. */
const IN_WORDS: Readonly<Record<ExitCode, string>> = {
  [ExitCode.valid]: 'success, and what was checked is valid',
  [ExitCode.invalid]: "not valid: a signature, certificate, header or message, or a file's content",
  [ExitCode.usage]: 'the command cannot run with these arguments',
  [ExitCode.environment]: 'the system refuses: a file, a permission, a lock, the lock limit',
  [ExitCode.unrecognised]: 'nothing is invalid, and not everything could be judged',
  [ExitCode.warning]: 'valid, and a certificate ends in less than --warn-days',
  [ExitCode.critical]: 'valid, and a certificate ends in less than --crit-days',
};

/** The exit codes of a command that checks nothing. */
export const UNCHECKED: readonly ExitCode[] = [
  ExitCode.valid,
  ExitCode.usage,
  ExitCode.environment,
];

/** The exit codes of most commands. */
export const CHECKED: readonly ExitCode[] = [
  ExitCode.valid,
  ExitCode.invalid,
  ExitCode.usage,
  ExitCode.environment,
];

/** Exit codes for the help of a command, one a line. */
export function exitCodesInWords(codes: readonly ExitCode[]): string[] {
  return codes.map((code) => `${String(code).padStart(3)}  ${IN_WORDS[code]}`);
}

/** Why a command ends: each reason has one exit code and one error code. */
export type Failure = 'invalid' | 'usage' | 'environment';

const CODES = {
  invalid: 'ERR_EVOLOCK_CLI_INVALID',
  usage: 'ERR_EVOLOCK_CLI_USAGE',
  environment: 'ERR_EVOLOCK_CLI_ENVIRONMENT',
} as const;

interface CommandErrorOptions extends ErrorOptions {
  /** The code of a library's error, which is kept where the command only rewords the message. */
  readonly code?: string;
}

/** An error for the user. Its message is one line: what is wrong, with which argument or file, what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  /** `ERR_EVOLOCK_CLI_INVALID`, `ERR_EVOLOCK_CLI_USAGE`, `ERR_EVOLOCK_CLI_ENVIRONMENT`, or the code of a library. */
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(failure: Failure, message: string, options?: CommandErrorOptions) {
    super(message, options);
    this.exitCode = ExitCode[failure];
    this.code = options?.code ?? CODES[failure];
  }
}

/** The error of a command that cannot run with these arguments. */
export function usage(message: string, options?: CommandErrorOptions): CommandError {
  return new CommandError('usage', message, options);
}

/** The error about something that is not valid, or a file that does not hold what it should. */
export function invalid(message: string, options?: CommandErrorOptions): CommandError {
  return new CommandError('invalid', message, options);
}

/**
 * Runs work on a file, and names the file in the errors of the libraries that do not name it.
 *
 * @param path - The file, or `-` for standard input.
 * @param work - What reads it.
 * @param rule - What holds for such a file. The message states it before the problem.
 */
export function aboutFile<T>(path: string, work: () => T, rule?: string): T {
  try {
    return work();
  } catch (cause) {
    throw namingFile(path, cause, rule);
  }
}

/** The error with the name of the file, if the error is about the content of a file and does not name it. */
export function namingFile(path: string, cause: unknown, rule?: string): unknown {
  if (!(cause instanceof EvolockError)) return cause;
  const { code, message } = cause;
  const { path: named } = cause as { readonly path?: string };
  if (named !== undefined && (rule === undefined || !ABOUT_SIZE.includes(code))) return cause;
  if (!ABOUT_CONTENT.some((prefix) => code.startsWith(prefix))) return cause;
  const unnamed = named === undefined ? message : message.slice(`${named}: `.length);
  const problem = isWrongPeriod(cause) ? wrongPeriod(cause) : unnamed;
  const words = `${rule === undefined ? '' : `${rule}: `}${problem}${adviceFor(cause)}`;
  return new CommandError(failureOf(code), `${sourceName(path)}: ${words}`, { code, cause });
}

function adviceFor(error: EvolockError): string {
  if ([DAMAGED_KEY, DAMAGED_VRF_KEY].some((prefix) => error.code.startsWith(prefix)))
    return ': the file is damaged, use a good copy of it';
  return isOfOtherKey(error) ? ': give the counter of this key' : '';
}

function isOfOtherKey(error: EvolockError): boolean {
  const { code, reason } = error as Partial<CardanoError>;
  return code === 'ERR_EVOLOCK_CARDANO_COUNTER' && reason === 'other-cold-key';
}

function isWrongPeriod(error: EvolockError): error is KesPeriodError {
  return error.code === 'ERR_EVOLOCK_KES_PERIOD';
}

/** The codes of a key that contradicts itself, or the period stored after it. */
const DAMAGED_KEY = 'ERR_EVOLOCK_KES_';

/** The code of a VRF key that contradicts itself. */
const DAMAGED_VRF_KEY = 'ERR_EVOLOCK_VRF_';

/** The codes of a file that is shorter or longer than its rule says. */
const ABOUT_SIZE = ['ERR_EVOLOCK_IO_CLOSED_EARLY', 'ERR_EVOLOCK_IO_SURPLUS'];

const ABOUT_CONTENT = [
  DAMAGED_KEY,
  'ERR_EVOLOCK_CARDANO_COUNTER',
  'ERR_EVOLOCK_CARDANO_PARAMETERS',
  'ERR_EVOLOCK_DMQ_',
  'ERR_EVOLOCK_IO_',
  DAMAGED_VRF_KEY,
];

/** The key contains its own period. Only the number stored after the key can be wrong. */
function wrongPeriod({ period, expected }: KesPeriodError): string {
  return `it states period ${period}, which is not ${expected}`;
}

/** An error as the user gets it. */
export interface Complaint {
  readonly exitCode: ExitCode;
  /** Stable, for scripts. */
  readonly code: string;
  /** One line. */
  readonly message: string;
}

/** What the codes of the libraries mean here. The first prefix that fits counts. */
const FAILURES: readonly (readonly [prefix: string, failure: Failure])[] = [
  ['ERR_EVOLOCK_IO_FILE', 'environment'],
  ['ERR_EVOLOCK_CARDANO_RESERVED_NUMBER', 'usage'],
  ['ERR_EVOLOCK_CARDANO_SPENT_NUMBER', 'environment'],
  ['ERR_EVOLOCK_CARDANO_', 'invalid'],
  ['ERR_EVOLOCK_DMQ_', 'invalid'],
  ['ERR_EVOLOCK_KES_', 'invalid'],
  ['ERR_EVOLOCK_VRF_', 'invalid'],
  ['ERR_EVOLOCK_ARGUMENT_', 'usage'],
  ['ERR_EVOLOCK_IO_CLOSED_EARLY', 'invalid'],
  ['ERR_EVOLOCK_IO_SURPLUS', 'invalid'],
];

function failureOf(code: string): Failure {
  return FAILURES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'environment';
}

/** The message in one line, the code and the exit code of anything that was thrown. */
export function complaintOf(error: unknown): Complaint {
  const message = lineOf(error);
  if (error instanceof CommandError) return { exitCode: error.exitCode, code: error.code, message };
  if (error instanceof EvolockError) {
    return { exitCode: ExitCode[failureOf(error.code)], code: error.code, message };
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
  const message = error instanceof Error ? error.message : String(error);
  return printable((aboutFolder(error) ?? message).trim());
}

function aboutFolder(error: unknown): string | undefined {
  if (!isAboutFile(error) || error.systemCode !== 'ENOENT') return undefined;
  if (!['not-found', 'no-folder'].includes(error.reason)) return undefined;
  const words = missingFolder(error.path);
  return words === undefined ? undefined : `${error.path}: ${words}`;
}

function isAboutFile(error: unknown): error is FileError {
  return error instanceof EvolockError && error.code === 'ERR_EVOLOCK_IO_FILE';
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
