/** `sealed-log renew`: a new log in the place of one that cannot go on, or whose key a thief may have. */
import { type Answer, done } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord } from '@evolock/command-line/text';
import { renewLog, type RenewedLog } from '@evolock/sealed-log';
import { sealsOf } from '../../files/log-file.js';
import { verifierKeyOf } from '../verifying/log-options.js';
import { ROTATED } from '../verifying/given-files.js';
import { placeOf, rememberKeys } from './places.js';
import { forSealer, inWords, type SealingOptions, NEW_KEY } from './sealing.js';

interface Options extends Omit<SealingOptions, 'memory'> {
  readonly origin: string;
  readonly reason: string;
  readonly oldKey?: string;
  readonly withoutOldKey?: boolean;
  readonly stolen?: boolean;
}

export const renewCommand: Definition = {
  text: `
    Begins a new log, with a new key and a new name, in the place of a log whose key may be stolen, or that a sealer refuses. The old log and its seals are put aside, as LOG.old-1, and its key is erased. The first entry of the new log has the reason and the last checkpoint of the old one. Stop the sealer first. A key file that is damaged, or of which the log has no seal, is left as it is: name another place with --key-file. When a run is killed, run the same line again.

    <log>  the log

    --origin <name>         the name of the new log, another one than that of the old log
    --reason <text>         why, for who reads the new log
    --stolen                a thief may have the key: renew a log that a sealer could go on with too, and end it first
    --old-key <text|file>   the verifier key of the old log, or a file with it, when its key file is gone
    --without-old-key       the verifier key of the old log is not known

    # The machine was broken into
    $ sealed-log renew audit.log --origin "$(hostname)/audit/2" --reason 'web-1 was broken into on 3 March' --stolen
    # The key is lost
    $ sealed-log renew audit.log --origin "$(hostname)/audit/2" --reason 'the key is lost' --old-key /mnt/safe/audit.vkey`,
  needed: ['origin', 'reason'],
  options: [ROTATED, ...NEW_KEY],
  exitCodes: CHECKED,
  work: async (session: Session, log: string, options: Options): Promise<Answer> => {
    session.refuseInspector();
    const { keyFile: given, oldKey, withoutOldKey, ...others } = options;
    const place = placeOf(session, log, given);
    const { keyFile } = place;
    const paths = { logs: [log], seals: sealsOf(log), hashes: undefined };
    const oldVerifierKey =
      oldKey === undefined ? undefined : await verifierKeyOf(session, oldKey, paths, '--old-key');
    const keep = (keys: RenewedLog): void => rememberKeys(place, keys);
    const renewal = { ...forSealer(others), keyFile, oldVerifierKey, withoutOldKey, keep };
    const renewed = await inWords(log, renewLog(log, renewal));
    const { verifierKey, noteVerifierKey, oldEnded, oldFiles } = renewed;
    const oldName = renewed.oldVerifierKey;
    return {
      result: done(`${printable(log)} is a new log`),
      facts: [
        ['verifier key', verifierKey],
        ...(noteVerifierKey === undefined ? [] : [['note key', noteVerifierKey] as const]),
        ['old files', printable(oldFiles.join(', '))],
        ['old log', oldEnded ? 'has ended' : 'has no end: who has its key can go on with it'],
        ['old verifier key', oldName ?? 'not known'],
      ],
      after: [
        'Keep the new verifier key on another machine, and the old files with the old one. A program that has the old log open has to open the log again.',
        ...(oldName === undefined ? [] : verification(oldFiles, oldName, options.stolen === true)),
      ],
      json: {
        verifierKey,
        noteVerifierKey: noteVerifierKey ?? null,
        oldVerifierKey: oldName ?? null,
        oldEnded,
        oldFiles,
        log,
        keyFile,
      },
    };
  },
};

/** A time says nothing: who has the key chooses the times of its seals. */
const REVOCATION = [
  'The seals that a thief could make prove nothing: add --revoked-from N, where N is the number of seals that the last verdict before the theft has counted. Without such a verdict, add --revoked-from 0: nothing of the log is proved.',
];

/** Which files the log was rotated to is not known here. Its seals are the last of the old files. */
function verification(oldFiles: readonly string[], key: string, isStolen: boolean): string[] {
  const seals = oldFiles.at(-1) ?? '';
  if (!seals.endsWith(sealsOf(''))) return [];
  const log = oldFiles.find((file) => sealsOf(file) === seals);
  const [files, place] =
    log === undefined
      ? [`/dev/null --seals ${shellWord(seals)}`, 'in the place of /dev/null']
      : [shellWord(log), 'before it'];
  return [
    '',
    `Verify the old log. Give files that it was rotated to ${place}, oldest first:`,
    `  sealed-log verify ${files} --key ${shellWord(key)}`,
    ...(isStolen ? REVOCATION : []),
  ];
}
