/** The erasures that the person who verifies accepts: ranges of entries, or a file that has a line for each. */
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import type { Range } from '../../verify/index.js';
import { refuseBeside, type LogPaths } from './given-files.js';
import { wholeOf } from './read.js';

const MOST_BYTES = 1 << 26;

/** The accepted erasures of an option: `4-5,9`, or a file that is not beside the log. */
export async function erasuresOf(
  session: Session,
  text: string,
  paths: LogPaths,
): Promise<readonly Range[]> {
  if (/^[\d,-]+$/.test(text)) return rangesOf(text, '--erased');
  refuseBeside('--erased', text, paths);
  const lines = (await wholeOf(session, text, MOST_BYTES)).toString().split('\n');
  return lines.flatMap((line, index) => {
    const [range = ''] = line.replace(/#.*/s, '').trim().split(/\s/, 1);
    return range === '' ? [] : [rangeOf(range, `${sourceName(text)}, line ${index + 1}`)];
  });
}

/** Ranges of a command line, with commas between them. */
export function rangesOf(text: string, place: string): Range[] {
  return text.split(',').map((part) => rangeOf(part, place));
}

function rangeOf(text: string, place: string): Range {
  const [, first = '', next] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? [];
  const from = Number(first);
  const to = next === undefined ? from + 1 : Number(next);
  if (first !== '' && from < to) return [from, to];
  throw usage(
    `${place}: ${printable(text)} is not a range of entries: 4-6 are the entries 4 and 5, and 9 is the entry 9`,
  );
}

/** Accepted erasures that accept nothing: a licence for what comes, or the log was cut. In words; `undefined` without any. */
export function beyondInWords(
  erased: readonly Range[],
  sealedEntries: number,
  revokedFrom?: number,
): string | undefined {
  const beyond = erased.filter(([, to]) => to > sealedEntries);
  if (beyond.length === 0) return undefined;
  const ranges = beyond.map(([from, to]) => `${from}-${to}`).join(', ');
  if (revokedFrom !== undefined)
    return `--erased has entries that no seal before number ${revokedFrom} covers: ${ranges}: they accept nothing`;
  return `--erased has entries beyond the last sealed one: ${ranges}: they would accept what is not written yet, or the log was cut`;
}
