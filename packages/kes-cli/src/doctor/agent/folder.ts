import { lstatSync } from 'node:fs';
import { printable } from '../../cli/text.js';
import type { Check } from '../check.js';
import { modeInWords, ownerInWords } from './modes.js';

const STICKY = 0o1000;
const SETGID = 0o2000;
const GROUP_AND_OTHERS = 0o077;
const OTHERS_OR_GROUP_WRITES = 0o027;

/**
 * Who can enter the folder of a socket: it is the first gate. The rules are those of the agent.
 *
 * @param path - The folder.
 * @param isForGroup - Whether the agent has a group for it.
 */
export function checkFolder(path: string, isForGroup: boolean): Check {
  const name = 'folder';
  const fix = isForGroup
    ? 'give the sockets a folder of their own: chgrp it to the group, and chmod 2750 (RuntimeDirectoryMode=2750 in a systemd unit)'
    : 'give the sockets a folder of their own: chmod 700 (RuntimeDirectoryMode=0700 in a systemd unit), or use --socket-group';
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const where = printable(path);
  if (stats === undefined) {
    return { name, state: 'unknown', found: `${where} does not exist: the agent makes it` };
  }
  if (!stats.isDirectory()) {
    return { name, state: 'bad', found: `${where} is not a folder`, fix };
  }
  const { mode } = stats;
  const found = `${where}: ${modeInWords(stats)}, ${ownerInWords(stats)}`;
  const isClosed = isForGroup
    ? (mode & SETGID) !== 0 && (mode & OTHERS_OR_GROUP_WRITES) === 0
    : (mode & GROUP_AND_OTHERS) === 0;
  if (isClosed) return { name, state: 'good', found };
  return !isForGroup && (mode & STICKY) !== 0
    ? { name, state: 'weak', found: `${found}; every user may enter it`, fix }
    : { name, state: 'bad', found: `${found}; an agent refuses it`, fix };
}
