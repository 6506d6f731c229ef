/** New VRF key pairs. */
import { praosVrf, writeVrfSigningKey, writeVrfVerificationKey } from '@evolock/cardano-kes';
import { CommandError, complaintOf } from '../cli/errors.js';
import { printable } from '../cli/text.js';
import { withSeed } from './seed.js';

/** The files of a pair, and where its seed comes from. */
export interface VrfPairFiles {
  readonly skey: string;
  readonly vkey: string;
  readonly seedFile?: string;
}

/** Makes a pair of a random seed or of a seed file, and writes its files. Returns the verification key. */
export function makeVrfPair({ skey, vkey, seedFile }: VrfPairFiles): Uint8Array {
  const verificationKey = withSeed(seedFile, (seed) => {
    const signingKey = praosVrf.generateKey(seed);
    try {
      writeVrfSigningKey(skey, signingKey);
      return signingKey.deriveVerificationKey();
    } finally {
      signingKey.release();
    }
  });
  try {
    writeVrfVerificationKey(vkey, verificationKey);
  } catch (cause) {
    // The signing key exists alone, and the same command would be refused. The message states the next step.
    throw new CommandError(
      'environment',
      `${complaintOf(cause).message}; the signing key was written. To make the missing file, ${printable(vkey)}, run kes vkey ${printable(skey)} --out FILE`,
      { cause },
    );
  }
  return verificationKey;
}
