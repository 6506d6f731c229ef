/** `sealed-log erase`. */
import { resolve } from 'node:path';
import type { Answer, Fact } from '@evolock/command-line/answer';
import { done } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord } from '@evolock/command-line/text';
import {
  checkReason,
  eraseEntries,
  finishErasing,
  searchEntries,
  type ErasedEntries,
  type ErasingPlace,
} from '../../erasing/erase.js';
import { namesOf } from '../../following/log-files.js';
import { AcceptedErasures, type Range } from '../../verify/entries/absent.js';
import { entriesInWords } from '../../words/phrases.js';
import { rangesOf } from '../verifying/erasures.js';
import { ROTATED } from '../verifying/given-files.js';
import { placeOf } from './places.js';
import { inWords, KEY_FILE, typedOptions, type SealingOptions } from './sealing.js';

interface Options extends Pick<SealingOptions, 'keyFile' | 'rotated'> {
  readonly reason?: string;
  readonly match?: string;
}

/** Entries that are shown. */
const MOST_SHOWN = 1000;

export const eraseCommand: Definition = {
  text: `
    Erases sealed entries: their lines become spaces, in place, also in old files and while a sealer runs, and the log gets an entry with the reason, which is sealed. The log verifies where the erasing is accepted (sealed-log verify --erased): accept it there first. Run this as root, or as a user with the rights to the log and to the folder of the key. Mirrors, backups, snapshots, shippers of logs, copy-on-write file systems and journals of data keep the text: erase it there too. Without entries it finishes what a killed run began.

    <log>       the log
    [entries]   ranges with commas between them: 4-6,9 are the entries 4, 5 and 9

    --reason <text>  why, for who reads the log
    --match <text>   show the sealed entries that have this text, in the same case, with their numbers, and erase nothing: name those to erase in a second run

    # Which entries are about Ann?
    $ sealed-log erase audit.log --match ann@example.com
    # Erase two of them
    $ sealed-log erase audit.log 4,9 --reason 'GDPR request 17'`,
  options: [ROTATED, KEY_FILE],
  exitCodes: CHECKED,
  work: async (
    session: Session,
    log: string,
    text: string | undefined,
    options: Options,
  ): Promise<Answer> => {
    const { match, reason, rotated } = options;
    if (match !== undefined && (text !== undefined || reason !== undefined))
      throw usage('--match shows entries: name those that are erased in a run of its own');
    if (match === '') throw usage('--match: a text is needed');
    if ((text === undefined) !== (reason === undefined))
      throw usage('entries are erased with their numbers and with --reason');
    const keyFile = resolve(placeOf(session, log, options.keyFile).keyFile);
    const place = { names: namesOf(resolve(log), { keyFile, rotated }), keyFile };
    if (match !== undefined) return inWords(log, matches(place, log, match, options));
    if (text === undefined || reason === undefined) return inWords(log, finished(place, log));
    const { list } = new AcceptedErasures(rangesOf(text, 'entries'));
    const erased = await inWords(log, eraseEntries(place, list, checkReason(reason)));
    return answerOf(log, erased, list);
  },
};

async function finished(place: ErasingPlace, log: string): Promise<Answer> {
  const erased = await Promise.resolve().then(() => finishErasing(place));
  if (erased === undefined)
    throw usage('no erasing was begun: name the entries, like 4-6,9, and --reason');
  return answerOf(log, erased, []);
}

const RECORDS: Readonly<Record<ErasedEntries['record'], string>> = {
  written: 'an entry of the log tells of it: the sealer that runs, or the next one, seals it',
  waits:
    'the entry that tells of it waits, since the log is missing or its last line has no newline: run sealed-log erase again without entries, or the next start writes it',
  none: 'none, since the log has ended',
};

function answerOf(log: string, { entries, record }: ErasedEntries, list: readonly Range[]): Answer {
  const words =
    entries === 0
      ? `nothing was changed: these entries of ${printable(log)} are erased already`
      : `${entriesInWords(entries)} of ${printable(log)} ${entries === 1 ? 'is' : 'are'} erased`;
  return {
    result: done(words),
    facts: [
      ...(list.length === 0 ? [] : [['entries', rangesInText(list)] as const]),
      ...(entries === 0 ? [] : [['record', RECORDS[record]] as const]),
    ],
    after: [
      'Accept it where the log is verified, with --erased. Copies of the log keep the text: mirrors, backups, snapshots, shippers. LOG.hashes keeps the hash of each entry: who can guess the whole line can check the guess.',
    ],
    json: { log, entries, ranges: list.map((range) => [...range]), record },
  };
}

function rangesInText(list: readonly Range[]): string {
  return list.map(([from, to]) => (to === from + 1 ? `${from}` : `${from}-${to}`)).join(',');
}

/** The entries that have a text, and the line that erases all of them, to be read before it is run. */
async function matches(
  place: ErasingPlace,
  log: string,
  text: string,
  { keyFile, rotated }: Options,
): Promise<Answer> {
  const { matches: shown, count, searched, sealed } = await searchEntries(place, text, MOST_SHOWN);
  const isWhole = searched === sealed;
  const entries = count === 1 ? '1 sealed entry' : `${count} sealed entries`;
  const where = isWhole ? '' : `, of the ${searched} that were searched`;
  const words = `${entries} of ${printable(log)} ${count === 1 ? 'has' : 'have'} the text${where}`;
  const facts = shown.map(({ entry, text: line }): Fact => [`${entry}`, printable(line)]);
  const numbers = rangesInText(
    new AcceptedErasures(shown.map(({ entry }) => [entry, entry + 1])).list,
  );
  const options = typedOptions({ ...(keyFile && { keyFile }), ...(rotated && { rotated }) });
  return {
    result: [{ mark: isWhole ? 'good' : 'weak', words }],
    facts: count > shown.length ? [...facts, ['', 'and more']] : facts,
    warnings: isWhole
      ? []
      : [
          `${sealed} entries are sealed, and ${sealed - searched} of them are in no file that was found: name rotated files with --rotated; those that were removed may be in copies`,
        ],
    after:
      count === 0
        ? []
        : [
            'Nothing was erased. To erase all of them, with your reason:',
            `  sealed-log erase ${shellWord(resolve(log))} ${numbers} ${options}${options === '' ? '' : ' '}--reason …`,
          ],
    json: { log, matches: shown.map((each) => ({ ...each })), count, searched, sealed },
  };
}
