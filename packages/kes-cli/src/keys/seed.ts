/** The seed of a new key pair: random, or of a file. */
import { directDeserialiseFromFile } from '@evolock/direct-serialise-io';
import { MLockedSeed } from '@evolock/kes-sum';
import { aboutFile, CommandError } from '../cli/errors.js';
import { printable } from '../cli/text.js';

/** Bytes of a seed. */
const SEED_SIZE = 32;

/** Lends a seed for the duration of a call: random, or the content of a file. */
export function withSeed<T>(seedFile: string | undefined, use: (seed: MLockedSeed<32>) => T): T {
  const seed = seedFile === undefined ? MLockedSeed.newRandom(SEED_SIZE) : readSeed(seedFile);
  try {
    if (seedFile !== undefined) refuseZeros(seedFile, seed);
    return use(seed);
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
