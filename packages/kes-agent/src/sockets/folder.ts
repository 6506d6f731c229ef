/** The folder of a socket: who may enter it may connect, as far as the mode of the socket permits. */
import { chmodSync, chownSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCodeOf } from '@evolock/direct-serialise/system-words';
import {
  exchangeableOn,
  placeInWords,
  rootAndUser,
  wayTo,
  type Place,
  type Way,
} from '@evolock/direct-serialise-io/files';
import { SocketError } from '../errors.js';
import { systemCall, withUmask } from './system.js';

/** Reading, writing and entering for others; and for the group too. */
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;
const GROUP_WRITES = 0o020;
/** New files get the group of the folder. */
const SETGID = 0o2000;
/** Only the owner of a file may remove it. */
const STICKY = 0o1000;

/** Who may connect to a socket. */
export interface Access {
  readonly group: number | undefined;
  /** Whether the socket is for the user of the process alone, although the group may enter the folder. */
  readonly isPrivate: boolean;
}

/**
 * Makes the folder of a socket if it is missing, and checks who can enter it, and who can exchange it or a folder above it.
 * `onWarning` is told of a folder such as `/tmp`, where others can enter.
 */
export function prepareFolder(
  path: string,
  { group, isPrivate }: Access,
  onWarning: (warning: string) => void,
): void {
  const folder = dirname(path);
  const isNew = make(path, folder);
  try {
    // First: another user could exchange the new folder for one of the system, and root would give that to the group.
    if (isNew) refuseExchangeable(path, wayOf(path, folder));
    if (isNew && group !== undefined) giveTo(path, folder, group);
    check(path, folder, { group, isPrivate }, onWarning);
  } catch (error) {
    if (isNew) rmdirSync(folder);
    throw error;
  }
}

/** @returns Whether the folder was missing. */
function make(path: string, folder: string): boolean {
  try {
    withUmask(GROUP_AND_OTHERS, () => mkdirSync(folder, 0o700));
    return true;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST') return false;
    throw new SocketError(code === 'ENOENT' ? 'no-folder' : 'system', path, {
      detail: code,
      cause: error,
    });
  }
}

/** In this order: until the last step only the user may enter. */
function giveTo(path: string, folder: string, group: number): void {
  systemCall(path, () => chownSync(folder, -1, group));
  systemCall(path, () => chmodSync(folder, SETGID | 0o750));
}

function check(
  path: string,
  folder: string,
  access: Access,
  onWarning: (warning: string) => void,
): void {
  const way = wayOf(path, folder);
  if (!way.end.stats.isDirectory()) throw new SocketError('not-a-folder', path, { detail: folder });
  const letsOthersIn = checkMode(path, way.end, access);
  refuseExchangeable(path, way);
  if (!letsOthersIn) return;
  onWarning(
    `${path}: its folder lets other users in (${placeInWords(way.end)}). Only the mode of the socket keeps them out: choose a folder of mode 700`,
  );
}

function wayOf(path: string, folder: string): Way {
  return systemCall(path, () => wayTo(folder));
}

function refuseExchangeable(path: string, way: Way): void {
  const exchangeable = exchangeableOn(way, rootAndUser() ?? []);
  if (exchangeable !== undefined)
    throw new SocketError('exchangeable', path, { detail: placeInWords(exchangeable) });
}

/** @returns Whether other users can enter, and only the mode of the socket keeps them out. */
function checkMode(path: string, folder: Place, { group, isPrivate }: Access): boolean {
  const { mode, gid } = folder.stats;
  const detail = placeInWords(folder);
  if ((mode & GROUP_AND_OTHERS) === 0 && (group === undefined || isPrivate)) return false;
  if (group !== undefined) {
    const isForGroup = gid === group && (mode & SETGID) !== 0;
    if (!isForGroup || (mode & (OTHERS | GROUP_WRITES)) !== 0)
      throw new SocketError('folder-group', path, { detail });
    return false;
  }
  if ((mode & STICKY) === 0) throw new SocketError('folder-open', path, { detail });
  return true;
}
