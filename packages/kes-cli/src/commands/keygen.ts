import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { withLockFile, writeKesSigningKey, writeKesVerificationKey } from '@evolock/cardano-kes';
import { directDeserialiseFromFile } from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes, sum7Kes } from '@evolock/kes-sum';
import { Option, type Command } from 'commander';
import { carryOut, leaf } from '../command.js';
import { CommandError } from '../command-error.js';
import { complaintOf } from '../complaint.js';
import { aboutFile } from '../files/about-file.js';
import { refuseDash } from '../files/refuse-dash.js';
import { refuseExisting } from '../files/replaceable.js';
import { systemError } from '../files/system-error.js';
import { hexOf } from '../hex.js';
import { verificationKeyType } from '../keys/verification-key-type.js';
import type { Outcome } from '../outcome.js';
import { printable } from '../printable.js';
import type { Session } from '../session.js';

interface Options {
  readonly skey: string;
  readonly vkey: string;
  readonly depth: '6' | '7';
  readonly seedFile?: string;
  readonly force?: boolean;
}

/** `kes keygen`: a new key pair. */
export function keygenCommand(session: Session): Command {
  const command = leaf(session, 'kes keygen', {
    name: 'keygen',
    summary: 'Make a new KES key pair',
    description:
      'Makes a new KES key pair, at period 0. The signing key goes from locked memory to a file that only its owner may read (mode 0600); the files are those of cardano-cli.',
    examples: [
      ['kes keygen --skey kes.skey --vkey kes.vkey', 'A new key pair'],
      [
        'kes keygen --skey kes.skey --vkey kes.vkey --force',
        'The same in the place of an old pair, which is erased',
      ],
    ],
  })
    .requiredOption('--skey <file>', 'where the signing key goes')
    .requiredOption('--vkey <file>', 'where the verification key goes')
    .addOption(
      new Option(
        '--depth <levels>',
        'levels of the tree: 6 (64 periods, what Cardano takes) or 7 (128)',
      )
        .choices(['6', '7'])
        .default('6'),
    )
    .option('--seed-file <file>', 'make it of the 32 bytes in this file (mode 0600), not at random')
    .option('--force', 'replace a KES key pair that exists');
  return carryOut(session, command, generate);
}

function generate(options: Options): Outcome {
  const { skey, vkey, seedFile, force = false } = options;
  refuseDash('--skey', skey, 'a signing key goes to a file only: name one');
  refuseDash('--vkey', vkey, 'a verification key goes to a file: name one (kes vkey prints it)');
  refuseDash('--seed-file', seedFile, 'a seed is read from a file only, not from standard input');
  // Before what is there is looked at: nobody is to be told that --force replaces the seed.
  refuseSamePlace([
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
        ['signing key', `${printable(skey)} (mode 0600: keep it so)`],
        ['verification key', printable(vkey)],
        ['', verificationKey],
      ]),
    ],
  };
}

/** Also finds out, before there is a key, whether the folders are there. */
function refuseSamePlace(
  options: readonly (readonly [option: string, path: string | undefined])[],
): void {
  const optionAt = new Map<string, string>();
  for (const [option, path] of options) {
    if (path === undefined) continue;
    const place = join(realFolder(path), basename(resolve(path)));
    const other = optionAt.get(place);
    if (other !== undefined) {
      const words = `${other} and ${option} are the same file: choose two names`;
      throw new CommandError('usage', words);
    }
    optionAt.set(place, option);
  }
}

function realFolder(path: string): string {
  try {
    return realpathSync(dirname(resolve(path)));
  } catch (cause) {
    throw systemError(path, cause);
  }
}

/** @returns The verification key, in hexadecimal. */
function makePair({ skey, vkey, depth, seedFile, force = false }: Options): string {
  const seed = seedFile === undefined ? MLockedSeed.newRandom(32) : readSeed(seedFile);
  try {
    if (seedFile !== undefined) refuseZeros(seedFile, seed);
    const signingKey = (depth === '6' ? sum6Kes : sum7Kes).generateKey(seed);
    try {
      const verificationKey = signingKey.deriveVerificationKey();
      writeKesSigningKey(skey, signingKey, { replace: force });
      writeOther({ skey, vkey }, () =>
        writeKesVerificationKey(vkey, verificationKey, {
          replace: force,
          type: verificationKeyType(signingKey.algorithm),
        }),
      );
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
    () => directDeserialiseFromFile(path, 32, MLockedSeed.type(32)),
    'a seed has exactly 32 bytes',
  );
}

/** Zeros are what an unwritten or erased file holds: everybody can make that key. */
function refuseZeros(path: string, seed: MLockedSeed<32>): void {
  const zeros = MLockedSeed.fromBytes(new Uint8Array(32) as Uint8Array & { readonly length: 32 });
  try {
    if (!seed.equals(zeros)) return;
  } finally {
    zeros.release();
  }
  throw new CommandError(
    'invalid',
    `${printable(path)}: it holds zeros only, which is no seed: leave --seed-file out, or write 32 random bytes to the file`,
  );
}

/** A pair of which one file is missing would be a riddle, and the same command again is refused. */
function writeOther({ skey, vkey }: Pick<Options, 'skey' | 'vkey'>, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const { message } = complaintOf(cause);
    throw new CommandError(
      'environment',
      `${message}; the signing key is there: kes vkey ${printable(skey)} --out FILE makes the file that is missing, ${printable(vkey)}`,
      { cause },
    );
  }
}
