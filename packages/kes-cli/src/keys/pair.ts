/** New key pairs of KES, of the VRF, and cold ones: a seed becomes two files. */
import {
  praosVrf,
  writeColdSigningKey,
  writeKesSigningKey,
  writeVerificationKey,
  writeVrfSigningKey,
} from '@evolock/cardano-kes';
import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { CommandError } from '@evolock/command-line/errors';
import { complaintOf } from '../errors.js';
import { printable } from '@evolock/command-line/text';

/** The files of a pair. */
export interface PairFiles {
  readonly skey: string;
  readonly vkey: string;
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
 * Makes a pair of a random seed, and writes its files. The secret is written first: the public files can
 * be made from it, and not the other way round. `more` are public files beside the verification key, which is returned.
 */
export function makePair(
  kind: keyof typeof MAKERS,
  { skey, vkey, force = false }: PairFiles,
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
  const seed = MLockedSeed.newRandom(32);
  try {
    const { key, write } = MAKERS[kind](seed);
    try {
      const verificationKey = key.deriveVerificationKey();
      write(skey, force);
      writePublicFiles(publicFiles, verificationKey);
      return verificationKey;
    } finally {
      key.release();
    }
  } finally {
    seed.release();
  }
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
