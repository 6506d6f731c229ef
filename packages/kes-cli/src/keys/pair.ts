/** New KES key pairs. */
import { writeKesSigningKey, writeKesVerificationKey } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { CommandError, complaintOf } from '../cli/errors.js';
import { printable } from '../cli/text.js';
import { withSeed } from './seed.js';

/** The files of a pair, and where its seed comes from. */
export interface PairFiles {
  readonly skey: string;
  readonly vkey: string;
  readonly seedFile?: string;
  /** Whether existing files are replaced. */
  readonly force?: boolean;
}

/** Makes a pair of a random seed or of a seed file, and writes its files. Returns the verification key. */
export function makePair({ skey, vkey, seedFile, force = false }: PairFiles): Uint8Array {
  return withSeed(seedFile, (seed) => {
    const signingKey = sum6Kes.generateKey(seed);
    try {
      const verificationKey = signingKey.deriveVerificationKey();
      writeKesSigningKey(skey, signingKey, { replace: force });
      writeVerificationKey({ skey, vkey, force }, verificationKey);
      return verificationKey;
    } finally {
      signingKey.release();
    }
  });
}

/** On a failure the signing key exists alone, and the same command would be refused. The message states the next step. */
function writeVerificationKey(
  { skey, vkey, force }: Required<Pick<PairFiles, 'skey' | 'vkey' | 'force'>>,
  verificationKey: Uint8Array,
): void {
  try {
    writeKesVerificationKey(vkey, verificationKey, { replace: force });
  } catch (cause) {
    const { message } = complaintOf(cause);
    throw new CommandError(
      'environment',
      `${message}; the signing key was written. To make the missing file, ${printable(vkey)}, run kes vkey ${printable(skey)} --out FILE`,
      { cause },
    );
  }
}
