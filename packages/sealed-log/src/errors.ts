/** The errors of a sealer. */
import { EvolockError } from '@evolock/kes-sum';

/** A message never has a whole call or command that begins a new log: pasted, it would put aside a log that can be mended. */
const RENEW = 'read how a new log takes its place (renewLog)';

const words = {
  ended: 'the log has ended: no seal follows',
  renewing:
    'a renewal of the log was begun and has not ended: call renewLog again, with the same options',
  'could-go-on':
    'a sealer can go on with the log, so it is not renewed: start one; or, when a thief may have the key, say so with the option stolen',
  'unknown-key':
    'no key file has the verifier key of the old log: name its key file with the option keyFile, or, when that is lost, give the verifier key with the option oldVerifierKey, or state with the option withoutOldKey that it is not known',
  'unproved-key':
    'no seal of the key file is in the seals file of the log, so its seals are elsewhere, or it is the key of another log, and it is not erased: name the right log, or put its seals file back; when that is lost, name another place with the option keyFile, and give the verifier key of the log with the option oldVerifierKey',
  'foreign-log':
    'the log belongs to another user, who has to own the new file too: renew the log as root',
  'no-key': `there are seals and no key file: name the right key file, or ${RENEW}`,
  'other-log': `the key file is that of another log, or the option origin names another: name the right one; when it is lost, ${RENEW}`,
  'damaged-key': `the key file is damaged: ${RENEW}`,
  'wrong-line': `the last seal is not the one that the key file states, so another program changed one of them, or it is the key file of another log: name the right one, or put back the right file, or ${RENEW}`,
  'earlier-key': `the key file is that of an earlier key of the log, or of another log: name the right one, or put the newest back, or, when it is lost, ${RENEW}`,
  'lost-successor': `the key file is an old copy, without the key that follows it: put the newest key file back, or, when it is lost, ${RENEW}`,
  'no-seals': `the key file has made seals, and there are none of this name: name the log of the key file, or put the seals file back, or, when it is lost, ${RENEW}`,
  'damaged-seals': `the file is not one of seals, since its end has 4 KiB without a newline: put the seals file back, or ${RENEW}`,
  'missing-seals': `seals are missing from the seals file, or were changed, or the key file is that of another log: put it back, or ${RENEW}`,
  'missing-entries': `files of the log that have sealed entries are not found, or were changed: put them back, with their times (cp -p), under the name of the log or names that the option rotated gives, or ${RENEW}`,
  'packed-files':
    'compressed files of the log have entries that are read next, and are damaged, too large, or of a form that is not read here: put good copies in the place of damaged ones, unpack the others beside themselves, start again, and remove what was unpacked when it is sealed',
  'changed-entries': `entries were changed after they were sealed, or files have other times than when they were rotated: put the file back with its time (cp -p), or ${RENEW}`,
  'old-folder': `a checkpoint that is kept elsewhere is ahead of these files, which are an old copy: put back the newest files, or ${RENEW}`,
  fork: `a checkpoint that is kept elsewhere has a seal of this number with other content: ${RENEW}`,
  'not-new': 'a log with a key in memory begins with no seals: name a new log',
  'not-sealed':
    'there is neither a seals file nor a key file, so nothing is renewed: name the right log, or begin one',
  unprotected:
    'the key file was an old copy: a thief of that copy can make these seals again, so they are no longer protected',
  'grown-file':
    'an old file of the log grew after its last entry was sealed, so the log does not verify with it: writers have to take the new file sooner, or the option settle has to be longer',
  'waiting-file':
    'an old file of the log still grows, so the entries of the files after it are not sealed: make the program that writes to it open the log again',
  'lost-file':
    'the file of the log was removed, emptied, replaced or renamed, and the log does not verify without it: put it back, or a copy with the same bytes, under a name that the option rotated gives',
  'copied-file':
    'the file of the log was replaced by a copy, in which the sealer goes on: make the programs that write to the log open it again, since what they write to the replaced file is lost',
  'moved-file':
    'the file of the log was renamed to a name that the option rotated does not give, or moved to another folder, so no start finds it: move it back, or name such files with that option',
  'changed-file':
    'a file was removed, replaced or changed by another program, so nothing is sealed: put it back, or a copy of it, and start again',
  'wrong-hashes':
    'the file of hashes is missing, or does not have the hashes of all sealed entries, and files that have these entries are not found, so it cannot be made again: put back the newest copy of it, or these files, with their times (cp -p)',
  'remade-hashes':
    'the file of hashes did not have the hashes of all sealed entries: it was made again from the entries',
  'clock-ahead':
    'the clock runs ahead of the uptime of the system by more than a day, so a seal has the time of the one before and what has passed since: set the clock right, or, when it is right, start the sealer again',
  'not-erased': 'nothing was erased',
  'unfinished-erasure':
    'an erasing was begun and has not ended, so the old text can be in the log still, or the log has no entry that tells of it: run the command erase again, as root or as a user with the rights to the log and to the folder of the key',
  'unknown-checkpoint':
    'the checkpoint that is kept elsewhere is not one of this log, or is damaged',
  locked: 'another sealer has the log or its key file',
  'permission-model':
    'Node.js runs with --permission, which disables the flushing of files (fsync): run without it',
  'no-permission': 'the user who runs this may not do that',
  system: 'the system refuses',
  closed: 'the sealer is closed',
  thread: 'the thread of the sealer ended',
} as const;

/** An old file that grows still, so that later files are not read. */
export interface WaitingFile {
  /** The file, or the log when the file has no name in its folder any more. */
  readonly file: string;
  /** When it was first seen without the name of the log, POSIX seconds. */
  readonly since: number;
  /** The number of entries that wait. */
  readonly entries: number;
}

/** Why. */
export type SealerErrorReason = keyof typeof words;

/**
 * The sealer cannot start or seal. Before that, an unfinished end of the seals file may have been cut, a line that the key file
 * has may have been appended to it, and the key file of a log that ended may have been removed.
 */
export class SealerError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_SEALER';
  readonly reason: SealerErrorReason;
  /** The seals of which the reason speaks; `undefined` when it speaks of none. */
  readonly seals: { readonly from: number; readonly to: number } | undefined;
  /** The file of which the reason speaks, a key file for instance; `undefined` when it speaks of none. */
  override readonly path: string | undefined;
  /** Public facts that the message ends with: the file, or the error of the system. */
  readonly detail: string | undefined;
  /** The file of the reason `waiting-file`; else `undefined`. */
  readonly waiting: WaitingFile | undefined;

  constructor(
    reason: SealerErrorReason,
    options: ErrorOptions & {
      readonly seals?: { readonly from: number; readonly to: number } | undefined;
      readonly path?: string | undefined;
      readonly detail?: string | undefined;
      readonly waiting?: WaitingFile | undefined;
    } = {},
  ) {
    const { seals, waiting, path = waiting?.file } = options;
    const detail = options.detail ?? (waiting === undefined ? path : waitingInWords(waiting));
    const which = seals === undefined ? '' : ` (${numbersInWords(seals)})`;
    super(`${words[reason]}${which}${detail === undefined ? '' : `: ${detail}`}`, options);
    this.reason = reason;
    this.seals = seals;
    this.path = path;
    this.detail = detail;
    this.waiting = waiting;
  }
}

function waitingInWords({ file, since, entries }: WaitingFile): string {
  const wait = entries === 1 ? '1 entry waits' : `${String(entries)} entries wait`;
  return `${file}: ${wait}; first seen without the name of the log at ${new Date(since * 1000).toISOString()}`;
}

function numbersInWords({ from, to }: { readonly from: number; readonly to: number }): string {
  return from === to ? `seal ${from}` : `seals ${from} to ${to}`;
}
