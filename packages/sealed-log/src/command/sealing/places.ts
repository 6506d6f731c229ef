/** Where the key of a log is: in a state folder, never beside the log. Two logs never share a key. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { printable, shellWord } from '@evolock/command-line/text';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { readVerifierKey, type LogKey } from '../../format/key.js';
import { sealsOf } from '../../files/log-file.js';
import { statedInFile } from '../../keys/key-file.js';
import { refuseOtherSealer } from '../../files/missing-right.js';
import { giveOwner } from '../../renewal/aside.js';

/** A log, and where its key is. */
export interface LogPlace {
  readonly log: string;
  readonly keyFile: string;
}

/** The log, and its key file: the one that is given, or one in the state folder, which is named after the path of the log. */
export function placeOf(session: Session, log: string, keyFile: string | undefined): LogPlace {
  if (keyFile !== undefined) return { log, keyFile };
  const path = join(realFolder(log), basename(log));
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return { log, keyFile: join(stateFolder(session), `${basename(log)}-${hash}.key`) };
}

function realFolder(log: string): string {
  try {
    return realpathSync(dirname(resolve(log)));
  } catch (cause) {
    throw systemError(log, cause);
  }
}

/** The state folder of the service, or that of the user. */
function stateFolder({ context: { environment } }: Session): string {
  const { STATE_DIRECTORY: service, XDG_STATE_HOME: state, HOME: home } = environment;
  // systemd separates several folders by colons.
  if (service !== undefined && service !== '') return service.split(':', 1)[0] ?? service;
  if (state?.startsWith('/') === true) return join(state, 'sealed-log');
  if (home?.startsWith('/') === true) return join(home, '.local', 'state', 'sealed-log');
  throw usage('there is no state folder (STATE_DIRECTORY, HOME): name the key with --key-file');
}

/** The file of the verifier key, for the commands on this machine. No verifier reads it: it comes from elsewhere. */
function verifierKeyFileOf({ keyFile }: LogPlace): string {
  return `${keyFile}.verifier`;
}

function noteKeyFileOf({ keyFile }: LogPlace): string {
  return `${keyFile}.note-verifier`;
}

/** The public keys of a log. */
interface PublicKeys {
  readonly verifierKey: string;
  readonly noteVerifierKey: string | undefined;
}

/** Keeps the verifier key beside the key, so that later runs know the name of the log, and that of notes. */
export function rememberKeys(place: LogPlace, { verifierKey, noteVerifierKey }: PublicKeys): void {
  keepLine(place, verifierKeyFileOf(place), verifierKey);
  keepLine(place, noteKeyFileOf(place), noteVerifierKey);
}

function keepLine({ keyFile }: LogPlace, path: string, line: string | undefined): void {
  if (line === undefined) return rmSync(path, { force: true });
  if (keptLine(path) === line) return;
  writeDurably(path, Buffer.from(`${line}\n`), { secret: false, replace: true });
  // Root renews the log of another user, who reads it next.
  giveOwner(path, dirname(path), keyFile);
}

function keptLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw systemError(path, cause);
  }
}

/** The verifier key that an earlier run kept; `undefined` when there is none. */
export function knownVerifierKey(place: LogPlace): string | undefined {
  return keptLine(verifierKeyFileOf(place));
}

/** The key of notes of the last run; `undefined` when it had none. */
export function knownNoteKey(place: LogPlace): string | undefined {
  return keptLine(noteKeyFileOf(place));
}

/**
 * The first key of a log: by the verifier key that an earlier run kept, or by the key file, of a log that the library seals.
 * Without either, another way can be told.
 *
 * @throws {@link SealerError} reason `damaged-key`, `other-log` or `no-permission`; {@link FileError}.
 */
export function knownKey(place: LogPlace, another = ''): LogKey {
  refuseOtherSealer(resolve(place.log), place.keyFile);
  const text = knownVerifierKey(place);
  const key = text === undefined ? statedInFile(place.keyFile)?.firstKey : readVerifierKey(text);
  if (key !== undefined) return key;
  if (text === undefined) throw noKey(place, another);
  const path = printable(verifierKeyFileOf(place));
  throw new CommandError('invalid', `${path}: it is no verifier key: remove it, and add --origin`);
}

/** The error of a log that this machine does not know, or that this user may not see. */
function noKey({ log, keyFile }: LogPlace, another: string): CommandError {
  const isBegun = lstatSync(sealsOf(log), { throwIfNoEntry: false }) !== undefined;
  const [way, line] = isBegun
    ? [
        'verify a copy of a log with sealed-log verify; when the key is lost, read how a new log takes its place',
        'help renew',
      ]
    : ['begin a log', `init ${shellWord(log)} --origin, with a name for it`];
  if (!isBegun && !existsSync(log))
    return usage(
      `${printable(log)}: there is neither a log nor seals of this name: go to its folder, or ${way}: sealed-log ${line}`,
    );
  return usage(
    `${printable(log)}: its key is not at ${printable(keyFile)}: name it with --key-file, or ${another}${way}: sealed-log ${line}`,
  );
}
