/** New KES key pairs. */
import { writeKesSigningKey, writeKesVerificationKey } from '@evolock/cardano-kes';
import { directDeserialiseFromFile } from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { aboutFile, CommandError, complaintOf } from '../cli/errors.js';
import { printable } from '../cli/text.js';

/** Bytes of a seed. */
const SEED_SIZE = 32;

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
  const seed = seedFile === undefined ? MLockedSeed.newRandom(SEED_SIZE) : readSeed(seedFile);
  try {
    if (seedFile !== undefined) refuseZeros(seedFile, seed);
    const signingKey = sum6Kes.generateKey(seed);
    try {
      const verificationKey = signingKey.deriveVerificationKey();
      writeKesSigningKey(skey, signingKey, { replace: force });
      writeVerificationKey({ skey, vkey, force }, verificationKey);
      return verificationKey;
    } finally {
      signingKey.release();
    }
  } finally {
    seed.release();
  }
}

function readSeed(path: string): MLockedSeed<32> {
  return aboutFile(
    path,
    () => directDeserialiseFromFile(path, SEED_SIZE, MLockedSeed.type(SEED_SIZE)),
    `a seed has exactly ${SEED_SIZE} bytes`,
  );
}

/** Refuses the content of an unwritten or erased file: everybody can make that key. */
function refuseZeros(path: string, seed: MLockedSeed<32>): void {
  const zeros = MLockedSeed.fromBytes(
    new Uint8Array(SEED_SIZE) as Uint8Array & { readonly length: 32 },
  );
  try {
    if (!seed.equals(zeros)) return;
  } finally {
    zeros.release();
  }
  throw new CommandError(
    'invalid',
    `${printable(path)}: it holds only zeros, which are not a seed: leave --seed-file out, or write 32 random bytes to the file`,
  );
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
