import { closeSync, lstatSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { inspectEnvelope, type EnvelopeKind } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import { systemError } from './system-error.js';

/** What nobody can make again, and what `--force` is not meant for. */
const IRREPLACEABLE: Partial<Record<EnvelopeKind, string>> = {
  'kes-signing-key': 'a KES signing key',
  'cold-signing-key': 'a cold signing key',
  'certificate-counter': 'a counter of certificates',
};

/**
 * Refuses a path where something stands already, unless it may be replaced: before any work is done. Another key or a
 * counter may not be replaced at all.
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
  const found = kindOf(path);
  const words = found === undefined || found === kind ? undefined : IRREPLACEABLE[found];
  if (words === undefined) return;
  throw new CommandError(
    'usage',
    `${printable(path)}: it is ${words}, which --force does not replace: choose another name`,
  );
}

/** What a file holds, where it is one of cardano-cli. */
function kindOf(path: string): EnvelopeKind | undefined {
  try {
    return inspectEnvelope(path).kind;
  } catch (cause) {
    if (cause instanceof EvolockError) return undefined;
    throw cause;
  }
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
    const fd = openSync(path, force ? 'w' : 'wx');
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
