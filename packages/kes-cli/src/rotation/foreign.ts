/** Files that have the names of a rotation, and are of another one. */
import { existsSync } from 'node:fs';
import { hexOf, readKesVerificationKey } from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { printable } from '../cli/text.js';
import type { NewFiles } from './names.js';

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
