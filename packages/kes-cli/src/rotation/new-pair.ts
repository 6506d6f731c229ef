/** The new pair of a rotation. A rotation that was interrupted continues with the files that it left. */
import { existsSync, lstatSync } from 'node:fs';
import { eraseLeftovers, withLockFile, writeKesVerificationKey } from '@evolock/cardano-kes';
import { makePair } from '../keys/pair.js';
import { withSigningKey } from '../keys/signing-key.js';
import { foreign, refuseForeignFiles, refuseForeignKey, type NewPairFiles } from './names.js';

/** Makes the new pair, or reads the one of an interrupted rotation. Returns its verification key. */
export async function newPair(files: NewPairFiles): Promise<Uint8Array> {
  const { skey, vkey } = files;
  const found = lstatSync(skey, { throwIfNoEntry: false, bigint: true });
  if (found === undefined) {
    refuseForeignFiles(files);
    return withLockFile(skey, () => makePair({ skey, vkey }));
  }
  if (!found.isFile()) throw foreign(skey, 'is a link, or no regular file');
  // Who made a key knows it, and this one will be certified.
  const user = BigInt(process.geteuid?.() ?? found.uid);
  if (found.uid !== user) throw foreign(skey, `belongs to user ${found.uid}, not to ${user}`);
  const key = await withSigningKey(skey, ({ signingKey, nodeReading, identity }) => {
    if (nodeReading !== 'usable') throw foreign(skey);
    if (identity.inode !== found.ino) throw foreign(skey, 'was exchanged');
    return signingKey.deriveVerificationKey();
  });
  refuseForeignKey(vkey, key);
  // A killed run may have left a second name of the key.
  eraseLeftovers(skey);
  if (lstatSync(skey).nlink > 1) throw foreign(skey, 'has more than one name');
  keepVerificationKey(vkey, key);
  return key;
}

/** Writes the file of a verification key, or keeps the one of an interrupted rotation. */
export function keepVerificationKey(vkey: string, key: Uint8Array): void {
  if (existsSync(vkey)) eraseLeftovers(vkey);
  else writeKesVerificationKey(vkey, key);
}
