/** New key pairs of KES, of the VRF, and cold ones: a seed becomes two files. */
import {
  praosVrf,
  writeColdSigningKey,
  writeKesSigningKey,
  writeVerificationKey,
  writeVrfSigningKey,
} from '@evolock/cardano-kes';
import { directDeserialiseFromFile } from '@evolock/direct-serialise-io';
import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { CommandError, invalid } from '@evolock/command-line/errors';
import { aboutFile, complaintOf } from '../errors.js';
import { printable } from '@evolock/command-line/text';

/** The files of a pair, and where its seed comes from. */
export interface PairFiles {
  readonly skey: string;
  readonly vkey: string;
  readonly seedFile?: string;
  readonly force?: boolean;
}

interface NewKey {
  deriveVerificationKey(): Uint8Array;
  release(): void;
}

/** Makes a signing key of a seed, and writes its file. The caller releases the key. */
type KeyMaker = (seed: MLockedSeed<32>) => {
  readonly key: NewKey;
  readonly write: (path: string, replace: boolean) => void;
};

/** The kinds of pairs. A KES key has depth 6. */
const MAKERS = {
  kes: (seed) => {
    const key = sum6Kes.generateKey(seed);
    return { key, write: (path, replace) => writeKesSigningKey(path, key, { replace }) };
  },
  vrf: (seed) => {
    const key = praosVrf.generateKey(seed);
    return { key, write: (path) => writeVrfSigningKey(path, key) };
  },
  cold: (seed) => {
    const key = ed25519.generateKey(seed);
    return { key, write: (path) => writeColdSigningKey(path, key, { readOnly: true }) };
  },
} satisfies Readonly<Record<string, KeyMaker>>;

interface PublicFile {
  readonly path: string;
  readonly write: (verificationKey: Uint8Array) => void;
  readonly command: (verificationKey: Uint8Array) => string;
}

/**
 * Makes a pair of a random seed or of a seed file, and writes its files. The secret is written first: the public files can
 * be made from it, and not the other way round. `more` are public files beside the verification key, which is returned.
 */
export function makePair(
  kind: keyof typeof MAKERS,
  { skey, vkey, seedFile, force = false }: PairFiles,
  more: readonly PublicFile[] = [],
): Uint8Array {
  const publicFiles: PublicFile[] = [
    {
      path: vkey,
      write: (key) => writeVerificationKey(kind, vkey, key, { replace: force }),
      command: () => `kes vkey ${printable(skey)} --out FILE`,
    },
    ...more,
  ];
  return withSeed(seedFile, (seed) => {
    const { key, write } = MAKERS[kind](seed);
    try {
      const verificationKey = key.deriveVerificationKey();
      write(skey, force);
      writePublicFiles(publicFiles, verificationKey);
      return verificationKey;
    } finally {
      key.release();
    }
  });
}

/** On a failure the signing key exists alone, and the same command would be refused. The message states the next step. */
function writePublicFiles(files: readonly PublicFile[], verificationKey: Uint8Array): void {
  for (const [index, { write }] of files.entries()) {
    try {
      write(verificationKey);
    } catch (cause) {
      const missing = files.slice(index);
      const names = missing.map(({ path }) => printable(path)).join(' and ');
      const commands = missing.map(({ command }) => command(verificationKey)).join(', and ');
      throw new CommandError(
        'environment',
        `${complaintOf(cause).message}; the signing key was written. To make what is missing, ${names}, run ${commands}`,
        { cause },
      );
    }
  }
}

const SEED_SIZE = 32;

/** Lends a seed for the duration of a call: random, or the content of a file. */
function withSeed<T>(seedFile: string | undefined, use: (seed: MLockedSeed<32>) => T): T {
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
  throw invalid(
    `${printable(path)}: it holds only zeros, which are not a seed: leave --seed-file out, or write 32 random bytes to the file`,
  );
}
