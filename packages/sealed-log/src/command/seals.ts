/** One seal of a log, with what leads to its key: from the file of seals, which a sealer may be writing. */
import { CommandError } from '@evolock/command-line/errors';
import { systemError } from '@evolock/command-line/system-error';
import { printable } from '@evolock/command-line/text';
import type { LogKey } from '../format/key.js';
import { keyAfter, readSealLine, type Seal } from '../format/seal.js';
import { native } from '../parallel/native.js';
import { SealLines } from '../sealer/lines.js';
import { isSealed } from '../verify/cryptography.js';

/** A seal whose signature holds. */
export interface FoundSeal {
  readonly seal: Seal;
  /** The key that made it. */
  readonly key: LogKey;
  /** The lines of the successions that lead to that key. */
  readonly chain: string;
}

/** The file of the seals of a log. */
export function sealsOf(log: string): string {
  return `${log}.seals`;
}

/**
 * Reads a seal, and verifies it and the successions before it, and nothing else.
 *
 * @param log - The log.
 * @param first - The first key of the log.
 * @param number - The number of the seal; the last one when absent.
 */
export function findSeal(log: string, first: LogKey, number: number | undefined): FoundSeal {
  const path = sealsOf(log);
  using lines = inSystemWords(path, () => new SealLines(path));
  const { last, size } = lines.end();
  const wanted = number ?? (last === undefined ? undefined : Number(last.split(' ', 1)[0]));
  let [key, from, chain] = [first, 0, ''];
  for (;;) {
    const isReached = wanted === undefined || wanted <= key.last;
    const found = isReached ? wanted : key.last;
    const line = found === undefined ? undefined : lines.find(found, from, size);
    if (line === undefined)
      throw refused(path, number === undefined ? 'it has no seal' : `it has no seal ${number}`);
    const seal = readSealLine(line.line);
    const next =
      seal === undefined || !isSealed(native, key, seal) ? undefined : keyAfter(key, seal);
    if (seal === undefined || next === undefined)
      throw refused(path, `seal ${found} is not one of this key: verify the log`);
    if (isReached) return { seal, key, chain };
    chain += `${line.line}\n`;
    from = line.at;
    key = next;
  }
}

function refused(path: string, words: string): CommandError {
  return new CommandError('invalid', `${printable(path)}: ${words}`);
}

/** Does what the system may refuse. */
export function inSystemWords<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw systemError(path, cause);
  }
}
