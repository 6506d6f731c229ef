/** Which rights to a file of a log and to its folder this process lacks, and what gives them. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hashesOf, sealsOf } from './log-file.js';
import { wordOf } from './packed-file.js';

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

/** The owner has the right by its own bits, and any other user by those of a group that it is in. */
function wayTo(place: string, rights: readonly Right[]): string | undefined {
  const missing = rights.filter((right) => !has(place, right));
  if (missing.length === 0) return undefined;
  const { uid, gid, mode } = statSync(place);
  const change = (to: string): string => `chmod ${to}+${missing.join('')} ${wordOf(place)}`;
  if (uid === process.geteuid?.()) return change('u');
  if (process.getgroups?.().includes(gid) === true)
    return `as root${uid === 0 ? '' : ` or as user ${String(uid)}`}: ${change('g')}`;
  const group = missing.reduce((bits, right) => bits | (MODES[right] << 3), 0);
  if ((mode & group) === group)
    return `run this as a user of the group ${String(gid)}, which has them to ${wordOf(place)}`;
  return `as root: chgrp ${String(process.getegid?.())} ${wordOf(place)} && ${change('g')}`;
}
