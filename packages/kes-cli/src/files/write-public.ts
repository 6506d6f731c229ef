import { closeSync, constants, lstatSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import type { EnvelopeKind } from '@evolock/cardano-kes';
import { irreplaceableIn } from './irreplaceable.js';
import { systemError } from './system-error.js';

/**
 * Refuses a path where something stands already, unless it may be replaced: before any work is done. Another key, a
 * counter, and what may be one of them, may not be replaced at all; nor is a link ever followed.
 *
 * @param path - Where something is to go.
 * @param force - Whether what stands there may be replaced.
 * @param kind - What is to go there, if it is a key: it may replace its like.
 */
export function refuseExisting(path: string, force: boolean, kind?: EnvelopeKind): void {
  if (!exists(path)) return;
  if (!force) {
    throw new CommandError(
      'usage',
      `${printable(path)}: it exists already: choose another name, or replace it with --force`,
    );
  }
  const words = irreplaceableIn(path, kind);
  if (words === undefined) return;
  throw new CommandError(
    'usage',
    `${printable(path)}: it is ${words}, which --force does not replace: choose another name`,
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
  // A link that took the place since then is not followed, and a pipe not waited for.
  const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (force ? O_TRUNC : O_EXCL);
  try {
    const fd = openSync(path, flags, 0o666);
    try {
      writeFileSync(fd, content, { flush: true });
    } catch (cause) {
      // A part of it is of no use, and would stand in the way of the next run.
      if (!force) rmSync(path, { force: true });
      throw cause;
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw systemError(path, cause);
  }
}
