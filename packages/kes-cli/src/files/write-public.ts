import { lstatSync, writeFileSync } from 'node:fs';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import { systemError } from './system-error.js';

/** Refuses a path where something stands already, unless it may be replaced: before any work is done. */
export function refuseExisting(path: string, force: boolean): void {
  if (force || !exists(path)) return;
  throw new CommandError(
    'usage',
    `${printable(path)}: it exists already: choose another name, or replace it with --force`,
  );
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw systemError(path, cause);
  }
}

/** Writes a public file, a signature for instance. */
export function writePublic(path: string, content: Uint8Array | string, force: boolean): void {
  refuseExisting(path, force);
  try {
    writeFileSync(path, content, { flag: force ? 'w' : 'wx', flush: true });
  } catch (cause) {
    throw systemError(path, cause);
  }
}
