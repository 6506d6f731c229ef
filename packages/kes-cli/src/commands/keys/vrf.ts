import { hexOf } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { carryOut, group, leaf } from '../../cli/command.js';
import type { Outcome, Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { exchangeWarnings } from '../../files/exchange.js';
import { refuseDash } from '../../files/read.js';
import { refuseSameFile } from '../../files/same-file.js';
import { refuseExisting } from '../../files/write.js';
import { makeVrfPair } from '../../keys/vrf-pair.js';
import { SUMMARIES } from '../../summaries.js';

/** `kes vrf`: keys of the VRF. */
export function vrfCommand(session: Session): Command {
  return group(session, 'kes vrf', {
    summary: SUMMARIES.vrf,
    examples: [['kes vrf keygen --skey vrf.skey --vkey vrf.vkey', 'A new key pair']],
  }).addCommand(keygenCommand(session));
}

interface Options {
  readonly skey: string;
  readonly vkey: string;
  readonly seedFile?: string;
}

/** `kes vrf keygen`: a new VRF key pair. */
function keygenCommand(session: Session): Command {
  const command = leaf(session, 'kes vrf keygen', {
    summary: 'Make a new VRF key pair',
    description:
      "Makes a new VRF key pair. A block producer proves with it that it may make a block, and the pool's registration names it. The signing key goes from locked memory to a file that only its owner can read (mode 0600). No file is replaced: a registered key stays in use. cardano-cli reads both files.",
    examples: [['kes vrf keygen --skey vrf.skey --vkey vrf.vkey', 'A new key pair']],
  })
    .requiredOption('--skey <file>', 'the file for the signing key')
    .requiredOption('--vkey <file>', 'the file for the verification key')
    .option(
      '--seed-file <file>',
      'use the 32 bytes of this file (mode 0600) as the seed, not random ones',
    );
  return carryOut(session, command, generate);
}

function generate(options: Options): Outcome {
  const { skey, vkey, seedFile } = options;
  refuseDash('--skey', skey, 'a signing key is written to a file only: give a name');
  refuseDash(
    '--vkey',
    vkey,
    'a verification key is written to a file: give a name (kes vkey prints it)',
  );
  refuseDash('--seed-file', seedFile, 'a seed is read from a file only, not from standard input');
  refuseSameFile([
    ['--skey', skey],
    ['--vkey', vkey],
    ['--seed-file', seedFile],
  ]);
  const orElse = 'keep it: kes replaces no VRF key';
  refuseExisting(skey, false, 'vrf-signing-key', orElse);
  refuseExisting(vkey, false, 'vrf-verification-key', orElse);
  const verificationKey = hexOf(makeVrfPair(options));
  return {
    json: {
      vrfSigningKeyFile: skey,
      vrfVerificationKeyFile: vkey,
      vrfVerificationKey: verificationKey,
    },
    warnings: exchangeWarnings(skey),
    lines: (style) => [
      style.verdict(true, 'a new VRF key pair'),
      ...style.facts([
        ['signing key', `${printable(skey)} (mode 0600: do not change it)`],
        ['verification key', printable(vkey)],
        ['', verificationKey],
      ]),
    ],
  };
}
