/** What the errors of the packages below mean to `kes`, and which of them get the name of a file. */
// Every run loads this file: it knows the errors of the packages with keys by their codes, and imports only their types.
import type { CardanoError } from '@evolock/cardano-kes';
import {
  CommandError,
  type Complaint,
  complaintOf as complaintBy,
  failureOf,
  type Failures,
} from '@evolock/command-line/errors';
import { sourceName } from '@evolock/command-line/text';
import { EvolockError } from '@evolock/direct-serialise';
import type { KesPeriodError } from '@evolock/kes-sum';

export const FAILURES: Failures = [
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

/** Exit codes of `kes status`: all certificates are valid, and one ends soon. */
export const EndsSoon = {
  /** In less than `--warn-days`. */
  warning: 10,
  /** In less than `--crit-days`. */
  critical: 11,
} as const;

export function complaintOf(error: unknown): Complaint {
  return complaintBy(error, FAILURES);
}

/** Runs work on a file, and names the file in the errors of the libraries that do not name it, with words before them. */
export function aboutFile<T>(path: string, work: () => T, before = ''): T {
  try {
    return work();
  } catch (cause) {
    throw namingFile(path, cause, before);
  }
}

/** The error with the name of the file, if the error is about the content of a file and does not name it. */
export function namingFile(path: string, cause: unknown, before = ''): unknown {
  if (!(cause instanceof EvolockError)) return cause;
  if ((cause as { readonly path?: string }).path !== undefined) return cause;
  const { code, message } = cause;
  if (!ABOUT_CONTENT.some((prefix) => code.startsWith(prefix))) return cause;
  const problem = isWrongPeriod(cause) ? wrongPeriod(cause) : message;
  const words = `${sourceName(path)}: ${before}${problem}${adviceFor(cause)}`;
  return new CommandError(failureOf(code, FAILURES), words, { code, cause });
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
