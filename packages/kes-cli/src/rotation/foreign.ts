/** Files that have the names of a rotation, and are of another one. */
import { existsSync } from 'node:fs';
import { readKesVerificationKey } from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { hexOf, printable } from '../cli/text.js';

/** The error about a file that must stay, so that this rotation cannot use its name. */
export function foreign(path: string): CommandError {
  return new CommandError(
    'usage',
    `${printable(path)}: it exists already, and is not of this rotation: move it away`,
  );
}

/** Refuses the file of another verification key; every file, when there is no key yet. */
export function refuseForeignKey(vkey: string, key: Uint8Array | undefined): void {
  if (!existsSync(vkey)) return;
  const found = readKesVerificationKey(vkey).verificationKey;
  if (key === undefined || hexOf(found) !== hexOf(key)) throw foreign(vkey);
}
