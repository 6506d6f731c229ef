import { lstatSync } from 'node:fs';
import { printable } from '../../cli/text.js';
import type { Check } from '../check.js';
import { modeInWords, ownerInWords } from './modes.js';

const OTHERS = 0o007;

/** What is at the path of a socket, and who may connect. */
export function checkSocket(protocol: string, path: string): Check {
  const name = `${protocol} socket`;
  const where = printable(path);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return { name, state: 'unknown', found: `${where} does not exist: no agent listens there` };
  }
  if (!stats.isSocket()) {
    return {
      name,
      state: 'bad',
      found: `${where} is not a socket, and an agent does not remove it`,
      fix: 'remove it, or give the agent another path',
    };
  }
  const found = `${where}: ${modeInWords(stats)}, ${ownerInWords(stats)}`;
  return (stats.mode & OTHERS) === 0
    ? { name, state: 'good', found }
    : {
        name,
        state: 'bad',
        found: `${found}; every user may connect`,
        fix: 'restart the agent: it makes its sockets with mode 0600, or 0660 for a group',
      };
}
