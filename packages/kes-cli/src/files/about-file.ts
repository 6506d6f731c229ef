import { CounterError } from '@evolock/cardano-kes';
import { EvolockError, KesPeriodError } from '@evolock/kes-sum';
import { sourceName } from './read-public.js';
import { systemError } from './system-error.js';

/** An error of a library about the content of a file, with the file, which the library did not know. */
export class AboutFile extends Error {
  override readonly cause: EvolockError;

  constructor(path: string, words: string, cause: EvolockError) {
    super(`${sourceName(path)}: ${words}`);
    this.cause = cause;
  }
}

/**
 * Runs something on a file, and names the file in what the libraries throw about it.
 *
 * @param path - The file, or what stands for standard input.
 * @param work - What reads it.
 * @param rule - What holds of such a file, to be said before what is wrong with it.
 */
export function aboutFile<T>(path: string, work: () => T, rule?: string): T {
  try {
    return work();
  } catch (cause) {
    throw namingFile(path, cause, rule);
  }
}

/** The same error, with the file, if it is one about a file and does not name it. */
export function namingFile(path: string, cause: unknown, rule?: string): unknown {
  if (!(cause instanceof EvolockError) || 'path' in cause) return cause;
  const { code, message } = cause;
  if (code === 'ERR_EVOLOCK_IO_STREAM') return systemError(path, cause.cause);
  if (!ABOUT_CONTENT.some((prefix) => code.startsWith(prefix))) return cause;
  const words = cause instanceof KesPeriodError ? wrongPeriod(cause) : message;
  return new AboutFile(
    path,
    `${rule === undefined ? '' : `${rule}: `}${words}${toDoAbout(cause)}`,
    cause,
  );
}

function toDoAbout(error: EvolockError): string {
  if (error.code.startsWith(DAMAGED)) return ': it is damaged, take a good copy of it';
  const isOther = error instanceof CounterError && error.reason === 'other-cold-key';
  return isOther ? ': name the counter of this one' : '';
}

/** Of a key that contradicts itself, or the period that stands behind it. */
const DAMAGED = 'ERR_EVOLOCK_KES_';

const ABOUT_CONTENT = [
  DAMAGED,
  'ERR_EVOLOCK_CARDANO_COUNTER',
  'ERR_EVOLOCK_CARDANO_PARAMETERS',
  'ERR_EVOLOCK_IO_',
];

/** Of the two periods, what stands behind the key is the one that can be wrong. */
function wrongPeriod({ period, expected }: KesPeriodError): string {
  return `it states period ${period}, which is not ${expected}`;
}
