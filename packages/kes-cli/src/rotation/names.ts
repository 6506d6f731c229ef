/** The names of the new files of a rotation: beside the old ones, with the start period. Files of another one may have them. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { hexOf, readKesVerificationKey, type AbsolutePeriod } from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { printable } from '../cli/text.js';

/** The new public files. */
export interface NewFiles {
  readonly vkey: string;
  readonly request: string;
  readonly cert: string;
}

/** The new files of a key that is in a file. */
export interface NewPairFiles extends NewFiles {
  readonly skey: string;
}

/** `kes.skey` and `node.cert` give `kes-1574.skey`, `kes-1574.vkey`, `kes-1574.request` and `node-1574.cert`. */
export function newPairFiles(skey: string, cert: string, period: AbsolutePeriod): NewPairFiles {
  const files = { ...namedAfter(skey, cert, period), skey: `${stemOf(skey, period)}.skey` };
  refuseSameName([skey, cert], [files.skey, files.cert], period);
  return files;
}

/** `node.cert` gives `node-1574.vkey`, `node-1574.request` and `node-1574.cert`. */
export function newAgentFiles(cert: string, period: AbsolutePeriod): NewFiles {
  const files = namedAfter(cert, cert, period);
  refuseSameName([cert], [files.cert], period);
  return files;
}

function namedAfter(key: string, cert: string, period: AbsolutePeriod): NewFiles {
  const stem = stemOf(key, period);
  return {
    vkey: `${stem}.vkey`,
    request: `${stem}.request`,
    cert: `${stemOf(cert, period)}.cert`,
  };
}

/** The period of an earlier rotation is replaced. */
function stemOf(path: string, period: AbsolutePeriod): string {
  const stem = basename(path)
    .replace(/\.[a-z]+$/i, '')
    .replace(/-[0-9]+$/, '');
  return join(dirname(path), `${stem}-${period}`);
}

function refuseSameName(
  old: readonly string[],
  made: readonly string[],
  period: AbsolutePeriod,
): void {
  const existing = old.map((path) => resolve(path));
  if (!made.some((path) => existing.includes(resolve(path)))) return;
  throw new CommandError(
    'usage',
    `${old.map(printable).join(' and ')} ${old.length === 1 ? 'was' : 'were'} made in KES period ${period}, which is not over: the next files would have the same names`,
  );
}

/** The error about a file that must stay, so that this rotation cannot use its name. */
export function foreign(path: string): CommandError {
  return new CommandError(
    'usage',
    `${printable(path)}: it exists already, and is not of this rotation: move it away`,
  );
}

/** Refuses the file of another verification key. */
export function refuseForeignKey(vkey: string, key: Uint8Array): void {
  if (!existsSync(vkey)) return;
  if (hexOf(readKesVerificationKey(vkey).verificationKey) !== hexOf(key)) throw foreign(vkey);
}

/** Refuses every file of another rotation before a key is made. */
export function refuseForeignFiles({ vkey, request, cert }: NewFiles): void {
  for (const path of [vkey, request, cert]) if (existsSync(path)) throw foreign(path);
}
