/** Which rights to a file of a log and to its folder this process lacks, and what gives them. */
import { accessSync, constants, existsSync, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SealerError } from '../errors.js';
import { hashesOf, sealsOf } from './log-file.js';
import { wordOf } from './packed-file.js';
import { groupName, userName } from './users.js';

const { R_OK, W_OK, X_OK } = constants;
const MODES = { r: R_OK, w: W_OK, x: X_OK } as const;
type Right = keyof typeof MODES;

/**
 * What gives this process the rights that it lacks. A sealer reads and changes the folder, and reads the log, which other
 * programs write. No right of others is taken or given.
 *
 * @param file - The log, or a file beside it.
 * @param rights - Those that are needed to the file.
 * @returns Words; `undefined` when no right is known to be missing.
 */
export function missingRights(file: string, rights: readonly Right[]): string | undefined {
  const folder = dirname(file);
  const closed = foldersAbove(folder).find((place) => !has(place, 'x'));
  if (closed !== undefined) return wayTo(closed, ['x']);
  const toFolder = wayTo(folder, ['r', 'w', 'x']);
  // What is in a folder that cannot be entered is not known.
  const toFile = has(folder, 'x') ? wayTo(file, rights) : undefined;
  return toFolder === undefined || toFile === undefined
    ? (toFolder ?? toFile)
    : `${toFolder}; ${toFile}`;
}

/**
 * Refuses a log that another user seals: the one who owns its seals. Rights to them would not help a user who has no key of the
 * log, and would hinder the one who has it.
 *
 * @throws {@link SealerError} reason `no-permission`, but for root, the owner of the seals, and a user who has the key file.
 */
export function refuseOtherSealer(log: string, keyFile: string | undefined): void {
  const user = process.geteuid?.() ?? 0;
  if (user === 0 || !has(dirname(log), 'x')) return;
  const owner = lstatSync(sealsOf(log), { throwIfNoEntry: false })?.uid ?? user;
  if (owner === user || (keyFile !== undefined && existsSync(keyFile))) return;
  const sealer = userName(owner);
  const detail = `user ${sealer} seals the log, and user ${userName(user)} has no key of it: run this as user ${sealer}`;
  throw new SealerError('no-permission', { path: sealsOf(log), detail });
}

/** What this process lacks to append to a log. Who seals it need not: its programs append to it. */
export function missingToAppend(log: string): string | undefined {
  if (has(log, 'w')) return undefined;
  const { uid } = statSync(log);
  if (uid === process.geteuid?.()) return missingRights(log, ['w']);
  return `programs of user ${userName(uid)} append to ${wordOf(log)}: seal what they append with the command follow`;
}

/** What gives this process the rights of a sealer to the files of a log. */
export function missingRightsOfSealer(log: string): string | undefined {
  return (
    missingRights(log, ['r']) ??
    missingRights(sealsOf(log), ['r', 'w']) ??
    missingRights(hashesOf(log), ['r', 'w'])
  );
}

/** The outermost comes first. */
function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [...foldersAbove(above), above];
}

function has(place: string, right: Right): boolean {
  try {
    accessSync(place, MODES[right]);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EACCES';
  }
}

/** Whether who owns the folder can have put the name there, of what is not his: a right to it would be one to any file. */
function canLeadElsewhere(place: string): boolean {
  const found = lstatSync(place);
  const isSecondName = found.isFile() && found.nlink > 1;
  return isSecondName || (found.isSymbolicLink() && found.uid !== 0);
}

/** The owner has the right by its own bits, and any other user by those of a group that it is in. */
function wayTo(place: string, rights: readonly Right[]): string | undefined {
  const missing = rights.filter((right) => !has(place, right));
  if (missing.length === 0) return undefined;
  if (canLeadElsewhere(place))
    return `${wordOf(place)} is a link, which can lead to the file of another program: give no right through it, and name the file itself`;
  const { uid, gid, mode } = statSync(place);
  const change = (to: string): string => `chmod ${to}+${missing.join('')} ${wordOf(place)}`;
  if (uid === process.geteuid?.()) return change('u');
  if (process.getgroups?.().includes(gid) === true)
    return `as root${uid === 0 ? '' : ` or as user ${userName(uid)}`}: ${change('g')}`;
  const group = missing.reduce((bits, right) => bits | (MODES[right] << 3), 0);
  if ((mode & group) === group)
    return `run this as a user of the group ${groupName(gid)}, which has them to ${wordOf(place)}`;
  const own = groupName(process.getegid?.() ?? 0);
  return `as root: chgrp ${own} ${wordOf(place)} && ${change('g')}`;
}
