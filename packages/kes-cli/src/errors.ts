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

/** The result of work; `undefined` when it fails: there is nothing, or a later step reports the error. */
export function ifPossible<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Runs work on a file, and names the file in the errors of the libraries about its content, with words before them. */
export function aboutFile<T>(path: string, work: () => T, before = ''): T {
  try {
    return work();
  } catch (cause) {
    throw namingFile(path, cause, before);
  }
}

/** The error with the name of the file as the user gave it, if the error is about the content of a file. */
export function namingFile(path: string, cause: unknown, before = ''): unknown {
  if (!(cause instanceof EvolockError)) return cause;
  const { code } = cause;
  if (!ABOUT_CONTENT.test(code)) return cause;
  const problem =
    code === 'ERR_EVOLOCK_KES_PERIOD' ? wrongPeriod(cause as KesPeriodError) : problemOf(cause);
  const words = `${sourceName(path)}: ${before}${problem}${adviceFor(cause)}`;
  return new CommandError(failureOf(code, FAILURES), words, { code, cause });
}

function adviceFor(error: EvolockError): string {
  if (DAMAGED_KEY.test(error.code)) return ': the file is damaged, use a good copy of it';
  const { code, reason } = error as Partial<CardanoError>;
  const isOfOtherKey = code === 'ERR_EVOLOCK_CARDANO_COUNTER' && reason === 'other-cold-key';
  return isOfOtherKey ? ': give the counter of this key' : '';
}

/** The codes of a key that contradicts itself, or the period stored after it. */
const DAMAGED_KEY = /^ERR_EVOLOCK_(?:KES|VRF)_/;

/** Those about a file or an envelope name it themselves. */
const ABOUT_CONTENT =
  /^ERR_EVOLOCK_(?:KES_|VRF_|DMQ_|IO_(?!FILE)|CARDANO_COUNTER|CARDANO_PARAMETERS|CARDANO_REQUEST)/;

/** The message without the file that a library names. */
function problemOf({ message, path }: EvolockError): string {
  const named = `${path ?? ''}: `;
  return message.startsWith(named) ? message.slice(named.length) : message;
}

/** The key contains its own period. Only the number stored after the key can be wrong. */
function wrongPeriod({ period, expected }: KesPeriodError): string {
  return `it states period ${period}, which is not ${expected}`;
}
