import { lstatSync } from 'node:fs';
import { printable } from '../../cli/text.js';
import type { Check } from '../check.js';
import { modeInWords, ownerInWords } from './modes.js';

const STICKY = 0o1000;
const SETGID = 0o2000;
const OTHERS = 0o007;
const GROUP = 0o070;
const GROUP_WRITES = 0o020;

const FIX =
  'give the sockets a folder of their own: chmod 700, or chmod 2750 for a group (RuntimeDirectoryMode in a systemd unit)';

/** Who can enter the folder of a socket: it is the first gate. */
export function checkFolder(path: string): Check {
  const name = 'folder';
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const where = printable(path);
  if (stats === undefined) {
    return { name, state: 'unknown', found: `${where} does not exist: the agent makes it` };
  }
  if (!stats.isDirectory()) {
    return { name, state: 'bad', found: `${where} is not a folder`, fix: FIX };
  }
  const { mode } = stats;
  const found = `${where}: ${modeInWords(stats)}, ${ownerInWords(stats)}`;
  if ((mode & STICKY) !== 0) {
    return { name, state: 'weak', found: `${found}; every user may make files there`, fix: FIX };
  }
  if ((mode & (OTHERS | GROUP_WRITES)) !== 0) {
    return { name, state: 'bad', found: `${found}; an agent refuses it`, fix: FIX };
  }
  const isForGroup = (mode & GROUP) !== 0;
  return isForGroup && (mode & SETGID) === 0
    ? { name, state: 'weak', found: `${found}; new sockets do not get its group`, fix: FIX }
    : { name, state: 'good', found };
}
