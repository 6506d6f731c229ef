import { existsSync } from 'node:fs';
import {
  eraseLeftovers,
  hexOf,
  networkNames,
  poolIdOf,
  writeColdSigningKey,
  writeColdVerificationKey,
  writeCounter,
  type NetworkName,
} from '@evolock/cardano-kes';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';
import { Option, type Command } from 'commander';
import { carryOut, group, leaf } from '../../cli/command.js';
import { CommandError, complaintOf, UNCHECKED } from '../../cli/errors.js';
import type { Outcome, Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { exchangeWarnings } from '../../files/exchange.js';
import { refuseDash } from '../../files/read.js';
import { refuseSameFile } from '../../files/same-file.js';
import { refuseExisting } from '../../files/write.js';
import { namedNetwork } from '../../network/network.js';
import { SUMMARIES } from '../../summaries.js';

/** Bytes of a seed. */
const SEED_SIZE = 32;

const OFFLINE =
  'the cold key of a pool controls its registration and all its certificates, and a copy of it gives control of the pool: it is made and kept on a machine that has no network and never gets one';

/** `kes cold`: cold keys. */
export function coldCommand(session: Session): Command {
  return group(session, 'kes cold', {
    summary: SUMMARIES.cold,
    examples: [['kes cold keygen --help', 'What does making one need?']],
    exitCodes: UNCHECKED,
  }).addCommand(keygenCommand(session));
}

interface Options {
  readonly skey: string;
  readonly vkey: string;
  readonly counter: string;
  readonly network?: NetworkName;
  readonly offline?: boolean;
}

/** `kes cold keygen`: a new cold key pair, and its counter. */
function keygenCommand(session: Session): Command {
  const command = leaf(session, 'kes cold keygen', {
    summary: 'Make a new cold key pair, and its counter from 0',
    description: `Makes a new cold key pair, and its counter from 0. The signing key goes from locked memory to a file that its owner can only read (mode 0400). No file is replaced. cardano-cli reads all three. For mainnet, --offline is needed: ${OFFLINE}.`,
    examples: [
      [
        'kes cold keygen --skey cold.skey --vkey cold.vkey --counter cold.counter --offline',
        'On the offline machine',
      ],
      [
        'kes cold keygen --skey cold.skey --vkey cold.vkey --counter cold.counter --network preview',
        'A key for a test network only',
      ],
    ],
    exitCodes: UNCHECKED,
  })
    .requiredOption('--skey <file>', 'the file for the signing key')
    .requiredOption('--vkey <file>', 'the file for the verification key')
    .requiredOption('--counter <file>', 'the file for the counter')
    .addOption(
      new Option(
        '--network <name>',
        'the network of the key, or KES_NETWORK; mainnet when absent',
      ).choices(networkNames),
    )
    .option('--offline', 'this machine has no network: needed for mainnet');
  return carryOut(session, command, (options: Options) => generate(session, options));
}

function generate(session: Session, options: Options): Outcome {
  const { skey, vkey, counter, offline = false } = options;
  const { network = 'mainnet' } = namedNetwork(session, options);
  refuseDash('--skey', skey, 'a signing key is written to a file only: give a name');
  refuseDash('--vkey', vkey, 'a verification key is written to a file: give a name');
  refuseDash('--counter', counter, 'a counter is changed in its file: give a name');
  if (network === 'mainnet' && !offline) {
    throw new CommandError(
      'usage',
      `${OFFLINE}. If this is that machine, add --offline; for a key of a test network, name the network (--network preview)`,
    );
  }
  refuseSameFile([
    ['--skey', skey],
    ['--vkey', vkey],
    ['--counter', counter],
  ]);
  // A killed run may have left a second name of the key.
  if (existsSync(skey)) eraseLeftovers(skey);
  const orElse = 'keep it: kes replaces no cold key';
  refuseExisting(skey, false, 'cold-signing-key', orElse);
  refuseExisting(vkey, false, 'cold-verification-key', orElse);
  refuseExisting(counter, false, 'certificate-counter', orElse);
  const key = makePair(options);
  const pool = poolIdOf(key);
  return {
    json: {
      coldSigningKeyFile: skey,
      coldVerificationKeyFile: vkey,
      counterFile: counter,
      coldVerificationKey: hexOf(key),
      poolId: { ...pool },
    },
    warnings: exchangeWarnings(skey),
    lines: (style) => [
      style.verdict(true, 'a new cold key pair, and its counter at 0'),
      ...style.facts([
        ['signing key', `${printable(skey)} (mode 0400: do not change it)`],
        ['verification key', printable(vkey)],
        ['', hexOf(key)],
        ['counter', printable(counter)],
        ['pool', pool.bech32],
      ]),
    ],
  };
}

/** The secret is written first: the public files can be made from it, and not the other way round. */
function makePair(options: Options): Uint8Array {
  const seed = MLockedSeed.newRandom(SEED_SIZE);
  try {
    const signingKey = ed25519.generateKey(seed);
    try {
      const verificationKey = signingKey.deriveVerificationKey();
      writeColdSigningKey(options.skey, signingKey, { readOnly: true });
      writePublicFiles(options, verificationKey);
      return verificationKey;
    } finally {
      signingKey.release();
    }
  } finally {
    seed.release();
  }
}

/** On a failure the signing key exists alone, and the same command would be refused. The message states the next step. */
function writePublicFiles({ skey, vkey, counter }: Options, verificationKey: Uint8Array): void {
  try {
    writeColdVerificationKey(vkey, verificationKey);
    writeCounter(counter, { next: 0n, coldVerificationKey: verificationKey });
  } catch (cause) {
    throw new CommandError(
      'environment',
      `${complaintOf(cause).message}; the signing key was written. Make the missing files: kes vkey ${printable(skey)} --out FILE, and kes counter new --cold-vkey ${hexOf(verificationKey)} --out FILE`,
      { cause },
    );
  }
}
