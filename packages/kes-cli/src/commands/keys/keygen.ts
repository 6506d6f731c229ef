import { hexOf, withLockFile } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { carryOut, leaf } from '../../cli/command.js';
import type { Outcome, Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { exchangeWarnings } from '../../files/exchange.js';
import { refuseDash } from '../../files/read.js';
import { refuseSameFile } from '../../files/same-file.js';
import { refuseExisting } from '../../files/write.js';
import { makePair } from '../../keys/pair.js';
import { SUMMARIES } from '../../summaries.js';

interface Options {
  readonly skey: string;
  readonly vkey: string;
  readonly seedFile?: string;
  readonly force?: boolean;
}

/** `kes keygen`: a new key pair. */
export function keygenCommand(session: Session): Command {
  const command = leaf(session, 'kes keygen', {
    summary: SUMMARIES.keygen,
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
  const verificationKey = hexOf(withLockFile(skey, () => makePair(options)));
  return {
    json: { signingKeyFile: skey, verificationKeyFile: vkey, kesVerificationKey: verificationKey },
    warnings: exchangeWarnings(skey),
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
