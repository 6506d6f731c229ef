import { CounterError } from '@evolock/cardano-kes';
import { EvolockError, KesPeriodError } from '@evolock/kes-sum';
import { sourceName } from './read-public.js';

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
  if (!(cause instanceof EvolockError)) return cause;
  const { code, message } = cause;
  const { path: named } = cause as { readonly path?: string };
  if (named !== undefined && (rule === undefined || !OF_SIZE.includes(code))) return cause;
  if (!ABOUT_CONTENT.some((prefix) => code.startsWith(prefix))) return cause;
  const unnamed = named === undefined ? message : message.slice(`${named}: `.length);
  const words = cause instanceof KesPeriodError ? wrongPeriod(cause) : unnamed;
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

/** Of a file that is shorter or longer than its rule says. */
const OF_SIZE = ['ERR_EVOLOCK_IO_CLOSED_EARLY', 'ERR_EVOLOCK_IO_SURPLUS'];

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
