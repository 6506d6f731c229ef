/** `sealed-log renew`: a new log in the place of one that cannot go on, or whose key a thief may have. */
import { type Answer, done } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord } from '@evolock/command-line/text';
import { renewLog } from '@evolock/sealed-log';
import { readVerifierKey } from '../format/key.js';
import { sealsOf } from '../files/log-file.js';
import { knownKey, knownVerifierKey, placeOf, rememberKeys } from './places.js';
import { forSealer, inWords, type SealingOptions, NEW_KEY } from './sealing.js';

interface Options extends Omit<SealingOptions, 'memory'> {
  readonly reason: string;
}

export const renewCommand: Definition = {
  text: `
    Begins a new log, with a new key, in the place of a log whose key may be stolen, or that a sealer refuses. The old log and its seals are put aside, as LOG.old-1, and its key is erased. The first entry of the new log has the reason and the last checkpoint of the old one. Stop the sealer first.

    <log>  the log

    --reason <text>  why, for who reads the new log
    --origin <name>  the name of the new log, instead of that of the old one

    # The machine was broken into
    $ sealed-log renew audit.log --reason 'web-1 was broken into on 3 March'
    # Another program changed the log
    $ sealed-log renew audit.log --reason 'the log was edited by hand'`,
  needed: ['reason'],
  options: NEW_KEY,
  exitCodes: CHECKED,
  work: async (session: Session, log: string, options: Options): Promise<Answer> => {
    const { origin, keyFile: given, ...others } = options;
    const place = placeOf(session, log, given);
    const { keyFile } = place;
    const name = origin ?? knownKey(place).origin;
    const known = knownVerifierKey(place) ?? '';
    const renewed = await inWords(
      log,
      renewLog(log, {
        ...forSealer(others),
        ...{ keyFile, origin: name },
        verifierKey: readVerifierKey(known) === undefined ? undefined : known,
      }),
    );
    const { verifierKey, noteVerifierKey, oldVerifierKey, oldFiles } = renewed;
    rememberKeys(place, renewed);
    return {
      result: done(`${printable(log)} is a new log`),
      facts: [
        ['verifier key', verifierKey],
        ...(noteVerifierKey === undefined ? [] : [['note key', noteVerifierKey] as const]),
        ['old files', printable(oldFiles.join(', '))],
        ['old verifier key', oldVerifierKey ?? 'not known'],
      ],
      after: [
        'Keep the new verifier key on another machine, and the old files with the old one. A program that has the old log open has to open the log again.',
        ...(oldVerifierKey === undefined ? [] : verification(oldFiles, oldVerifierKey)),
      ],
      json: {
        ...{ verifierKey, noteVerifierKey: noteVerifierKey ?? null },
        ...{ oldVerifierKey: oldVerifierKey ?? null, oldFiles, log, keyFile },
      },
    };
  },
};

/** Which files the log was rotated to is not known here. Its seals are the last of the old files. */
function verification(oldFiles: readonly string[], key: string): string[] {
  const seals = oldFiles.at(-1) ?? '';
  const log = oldFiles.find((file) => sealsOf(file) === seals);
  const [files, place] =
    log === undefined
      ? [`/dev/null --seals ${shellWord(seals)}`, 'in the place of /dev/null']
      : [shellWord(log), 'before it'];
  return [
    '',
    `Verify the old log. Give files that it was rotated to ${place}, oldest first:`,
    `  sealed-log verify ${files} --key ${key}`,
  ];
}
