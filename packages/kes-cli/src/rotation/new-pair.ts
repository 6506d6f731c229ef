/** The new pair of a rotation. A rotation that was interrupted continues with the files that it left. */
import { existsSync } from 'node:fs';
import { eraseLeftovers, withLockFile, writeKesVerificationKey } from '@evolock/cardano-kes';
import { makePair } from '../keys/pair.js';
import { withSigningKey } from '../keys/signing-key.js';
import { foreign, refuseForeignFiles, refuseForeignKey, type NewPairFiles } from './names.js';

/** Makes the new pair, or reads the one of an interrupted rotation. Returns its verification key. */
export async function newPair(files: NewPairFiles): Promise<Uint8Array> {
  const { skey, vkey } = files;
  if (!existsSync(skey)) {
    refuseForeignFiles(files);
    return withLockFile(skey, () => makePair({ skey, vkey }));
  }
  const key = await withSigningKey(skey, ({ signingKey, nodeReading }) => {
    if (nodeReading !== 'usable') throw foreign(skey);
    return signingKey.deriveVerificationKey();
  });
  refuseForeignKey(vkey, key);
  // A killed run may have left a second name of the key.
  eraseLeftovers(skey);
  keepVerificationKey(vkey, key);
  return key;
}

/** Writes the file of a verification key, or keeps the one of an interrupted rotation. */
export function keepVerificationKey(vkey: string, key: Uint8Array): void {
  if (existsSync(vkey)) eraseLeftovers(vkey);
  else writeKesVerificationKey(vkey, key);
}
