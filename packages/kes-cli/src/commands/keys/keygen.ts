import { withLockFile, writeKesSigningKey, writeKesVerificationKey } from '@evolock/cardano-kes';
import { directDeserialiseFromFile } from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import type { Command } from 'commander';
import { carryOut, leaf } from '../../cli/command.js';
import { aboutFile, CommandError, complaintOf } from '../../cli/errors.js';
import type { Outcome, Session } from '../../cli/session.js';
import { hexOf, printable } from '../../cli/text.js';
import { refuseDash } from '../../files/read.js';
import { refuseSameFile } from '../../files/same-file.js';
import { refuseExisting } from '../../files/write.js';

/** Bytes of a seed. */
const SEED_SIZE = 32;

interface Options {
  readonly skey: string;
  readonly vkey: string;
  readonly seedFile?: string;
  readonly force?: boolean;
}

/** `kes keygen`: a new key pair. */
export function keygenCommand(session: Session): Command {
  const command = leaf(session, 'kes keygen', {
    summary: 'Make a new KES key pair',
    description:
      'Makes a new KES key pair, at period 0. The signing key goes from locked memory to a file that only its owner can read (mode 0600). cardano-cli reads both files.',
    examples: [
      ['kes keygen --skey kes.skey --vkey kes.vkey', 'A new key pair'],
      [
        'kes keygen --skey kes.skey --vkey kes.vkey --force',
        'The same, and an old key pair is erased and replaced',
      ],
    ],
  })
    .requiredOption('--skey <file>', 'the file for the signing key')
    .requiredOption('--vkey <file>', 'the file for the verification key')
    .option(
      '--seed-file <file>',
      'use the 32 bytes of this file (mode 0600) as the seed, not random ones',
    )
    .option('--force', 'replace an existing KES key pair');
  return carryOut(session, command, generate);
}

function generate(options: Options): Outcome {
  const { skey, vkey, seedFile, force = false } = options;
  refuseDash('--skey', skey, 'a signing key is written to a file only: give a name');
  refuseDash(
    '--vkey',
    vkey,
    'a verification key is written to a file: give a name (kes vkey prints it)',
  );
  refuseDash('--seed-file', seedFile, 'a seed is read from a file only, not from standard input');
  // Comes before the files are looked at: no message may advise to replace the seed with --force.
  refuseSameFile([
    ['--skey', skey],
    ['--vkey', vkey],
    ['--seed-file', seedFile],
  ]);
  refuseExisting(skey, force, 'kes-signing-key');
  refuseExisting(vkey, force, 'kes-verification-key');
  const verificationKey = withLockFile(skey, () => makePair(options));
  return {
    json: { signingKeyFile: skey, verificationKeyFile: vkey, verificationKey },
    lines: (style) => [
      style.verdict(true, 'a new KES key pair, at period 0'),
      ...style.facts([
        ['signing key', `${printable(skey)} (mode 0600: do not change it)`],
        ['verification key', printable(vkey)],
        ['', verificationKey],
      ]),
    ],
  };
}

/** Returns the verification key in hexadecimal. */
function makePair({ skey, vkey, seedFile, force = false }: Options): string {
  const seed = seedFile === undefined ? MLockedSeed.newRandom(SEED_SIZE) : readSeed(seedFile);
  try {
    if (seedFile !== undefined) refuseZeros(seedFile, seed);
    const signingKey = sum6Kes.generateKey(seed);
    try {
      const verificationKey = signingKey.deriveVerificationKey();
      writeKesSigningKey(skey, signingKey, { replace: force });
      writeVerificationKey({ skey, vkey, force }, verificationKey);
      return hexOf(verificationKey);
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
  { skey, vkey, force }: Required<Pick<Options, 'skey' | 'vkey' | 'force'>>,
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
