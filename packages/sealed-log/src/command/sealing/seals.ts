/** One seal of a log, with what leads to its key: from the file of seals, which a sealer may be writing. */
import { resolve } from 'node:path';
import { CommandError } from '@evolock/command-line/errors';
import { printable } from '@evolock/command-line/text';
import type { LogKey } from '../../format/key.js';
import { readSealLine, type Seal } from '../../format/seal.js';
import { native } from '../../native.js';
import { SealerError } from '../../errors.js';
import { SealsFile } from '../../following/seals-file.js';
import { sealsOf } from '../../files/log-file.js';
import { keyInWords, sealsElsewhere } from '../../sealer/log-of-key.js';
import { refuseOtherSealer } from '../../files/missing-right.js';
import { chainOf, successionsTo } from '../../following/successions.js';
import { isSealed } from '../../verify/cryptography.js';
import type { LogPlace } from './places.js';
import { errorInWords, inWordsOf } from './sealing.js';

/** A seal whose signature holds. */
export interface FoundSeal {
  readonly seal: Seal;
  /** The key that made it. */
  readonly key: LogKey;
  /** The lines of the successions that lead to that key. */
  readonly chain: string;
}

/**
 * Reads a seal, and verifies it and the successions before it, and nothing else.
 *
 * @param place - The log, and its key file when it is known.
 * @param first - The first key of the log.
 * @param number - The number of the seal; the last one when absent.
 */
export function findSeal(
  { log, keyFile }: Pick<LogPlace, 'log'> & Partial<LogPlace>,
  first: LogKey,
  number: number | undefined,
): FoundSeal {
  const path = sealsOf(log);
  inWordsOf(log, () => refuseOtherSealer(resolve(log), keyFile));
  using lines = inWordsOf(log, () => new SealsFile(path, keyFile));
  const { last, size } = inWordsOf(log, () => lines.end());
  const wanted = number ?? Number(last?.split(' ', 1)[0]);
  const chain = successionsTo(wanted, first, lines, size);
  const from = typeof chain === 'number' ? 0 : chain.from;
  const line = lines.find(wanted, from, size)?.line;
  if (last === undefined && keyFile !== undefined) {
    const detail = keyInWords(keyFile, first, sealsElsewhere(resolve(log), first, keyFile));
    throw errorInWords(log, new SealerError('no-seals', { path: keyFile, detail }));
  }
  if (line === undefined)
    throw refused(path, number === undefined ? 'it has no seal' : `it has no seal ${number}`);
  if (typeof chain === 'number') throw refused(path, notOfKey(chain));
  const seal = readSealLine(line);
  const key = chain.keys.at(-1) ?? first;
  if (seal !== undefined && isSealed(native, key, seal))
    return { seal, key, chain: chainOf(chain.lines) };
  throw refused(path, notOfKey(wanted));
}

function notOfKey(number: number): string {
  return `seal ${number} is not one of this key: verify the log`;
}

function refused(path: string, words: string): CommandError {
  return new CommandError('invalid', `${printable(path)}: ${words}`);
}
