/** `kes keygen`, `kes vrf keygen` and `kes cold keygen`: a random seed becomes a key pair in files. */
import { existsSync } from 'node:fs';
import {
  hexOf,
  networkNames,
  type NetworkName,
  poolIdHexOf,
  poolIdOf,
} from '@evolock/cardano-headers';
import {
  writeColdSigningKey,
  writeCounter,
  writeKesSigningKey,
  writeVerificationKey,
  writeVrfSigningKey,
  type VerificationKeyKind,
} from '@evolock/cardano-kes';
import { eraseLeftovers, praosVrf, withLockFile } from '@evolock/cardano-kes/all';
import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { done, type Answer } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CommandError, UNCHECKED, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { complaintOf } from '../errors.js';
import { refuseDash } from '../files/read.js';
import { exchangeWarnings, refuseExisting, refuseSameFile } from '../files/write.js';
import { namedNetwork } from '../network/network.js';
import { derivedOf } from '../files/key-files.js';

interface PairFiles {
  readonly skey: string;
  readonly vkey: string;
  readonly counter?: string;
  readonly force?: boolean;
}

export const keygenCommand: Definition = {
  text: `
    Makes a new KES key pair, at period 0. The signing key goes from locked memory to a file that only its owner can read (mode 0600). cardano-cli reads both files.

    --skey <file>  the file for the signing key
    --vkey <file>  the file for the verification key
    --force        replace an existing KES key pair

    # A new key pair
    $ kes keygen --skey kes.skey --vkey kes.vkey
    # The same, and an old key pair is erased and replaced
    $ kes keygen --skey kes.skey --vkey kes.vkey --force`,
  needed: ['skey', 'vkey'],
  work: (_session: Session, files: PairFiles) => generate('kes', files),
};

export const vrfCommand: Definition = {
  text: `
    Makes a new VRF key pair. A block producer proves with it that it may make a block, and the pool's registration names it. The signing key goes from locked memory to a file that only its owner can read (mode 0600). No file is replaced: a registered key stays in use. cardano-cli reads both files.

    --skey <file>  the file for the signing key
    --vkey <file>  the file for the verification key

    # A new key pair
    $ kes vrf keygen --skey vrf.skey --vkey vrf.vkey`,
  needed: ['skey', 'vkey'],
  work: (_session: Session, files: PairFiles) => generate('vrf', files),
};

const OFFLINE =
  'the cold key of a pool controls its registration and all its certificates, and a copy of it gives control of the pool: it is made and kept on a machine that has no network and never gets one';

interface ColdOptions extends PairFiles {
  readonly counter: string;
  readonly network?: NetworkName;
  readonly offline?: boolean;
}

export const coldCommand: Definition = {
  text: `
    Makes a new cold key pair, and its counter from 0. The signing key goes from locked memory to a file that its owner can only read (mode 0400). No file is replaced. cardano-cli reads all three. For mainnet, --offline is needed: ${OFFLINE}.

    --skey <file>     the file for the signing key
    --vkey <file>     the file for the verification key
    --counter <file>  the file for the counter
    --network <name>  the network of the key, or KES_NETWORK; mainnet when absent
    --offline         this machine has no network: needed for mainnet

    # On the offline machine
    $ kes cold keygen --skey cold.skey --vkey cold.vkey --counter cold.counter --offline
    # A key for a test network only
    $ kes cold keygen --skey cold.skey --vkey cold.vkey --counter cold.counter --network preview`,
  values: { network: networkNames },
  needed: ['skey', 'vkey', 'counter'],
  exitCodes: UNCHECKED,
  work: generateCold,
};

function generateCold(session: Session, options: ColdOptions): Answer {
  const { network = 'mainnet' } = namedNetwork(session, options);
  refuseDash('--counter', options.counter, 'a counter is changed in its file: give a name');
  if (network === 'mainnet' && options.offline !== true) {
    throw usage(
      `${OFFLINE}. If this is that machine, add --offline; for a key of a test network, name the network (--network preview)`,
    );
  }
  return generate('cold', options);
}

/** What is said of a new pair. Keys that a registration names are never replaced. */
const WORDS: Readonly<Record<VerificationKeyKind, { title: string; orElse?: string }>> = {
  kes: { title: 'a new KES key pair, at period 0' },
  vrf: { title: 'a new VRF key pair', orElse: 'keep it: kes replaces no VRF key' },
  cold: {
    title: 'a new cold key pair, and its counter at 0',
    orElse: 'keep it: kes replaces no cold key',
  },
};

function generate(kind: VerificationKeyKind, files: PairFiles): Answer {
  const { skey, vkey, counter, force = false } = files;
  const { title, orElse } = WORDS[kind];
  refuseDash('--skey', skey, 'a signing key is written to a file only: give a name');
  refuseDash(
    '--vkey',
    vkey,
    'a verification key is written to a file: give a name (kes vkey prints it)',
  );
  refuseSameFile([
    ['--skey', skey],
    ['--vkey', vkey],
    ['--counter', counter],
  ]);
  // A killed run may have left a second name of the key.
  if (kind === 'cold' && existsSync(skey)) eraseLeftovers(skey);
  refuseExisting(skey, force, `${kind}-signing-key`, orElse);
  refuseExisting(vkey, force, `${kind}-verification-key`, orElse);
  if (counter !== undefined) refuseExisting(counter, false, 'certificate-counter', orElse);
  const bytes = makePair(kind, files);
  const key = hexOf(bytes);
  return {
    json: {
      ...(kind === 'kes'
        ? { signingKeyFile: skey, verificationKeyFile: vkey }
        : { [`${kind}SigningKeyFile`]: skey, [`${kind}VerificationKeyFile`]: vkey }),
      [`${kind}VerificationKey`]: key,
      ...(counter !== undefined && {
        counterFile: counter,
        poolId: poolIdOf(bytes),
        poolIdHex: poolIdHexOf(bytes),
      }),
    },
    warnings: exchangeWarnings(skey),
    result: done(title),
    facts: [
      [
        'signing key',
        `${printable(skey)} (mode ${kind === 'cold' ? '0400' : '0600'}: do not change it)`,
      ],
      ['verification key', printable(vkey)],
      ['', key],
      ...(counter === undefined
        ? []
        : ([
            ['counter', printable(counter)],
            ['pool', poolIdOf(bytes)],
          ] as const)),
    ],
  };
}

interface PublicFile {
  readonly path: string;
  readonly write: (verificationKey: Uint8Array) => void;
  readonly command: (verificationKey: Uint8Array) => string;
}

/**
 * Makes a pair of a random seed, and writes its files. The secret is written first: the public files can be made from it, and
 * not the other way round. Returns the verification key.
 */
export function makePair(
  kind: VerificationKeyKind,
  { skey, vkey, counter, force = false }: PairFiles,
): Uint8Array {
  const publicFiles: PublicFile[] = [
    {
      path: vkey,
      write: (key) => writeVerificationKey(kind, vkey, key, { replace: force }),
      command: () => `kes vkey ${printable(skey)} --out FILE`,
    },
  ];
  if (counter !== undefined)
    publicFiles.push({
      path: counter,
      write: (coldVerificationKey) => writeCounter(counter, { next: 0n, coldVerificationKey }),
      command: (key) => `kes counter new --cold-vkey ${hexOf(key)} --out FILE`,
    });
  const make = () => {
    using seed = MLockedSeed.newRandom(32);
    const verificationKey = WRITERS[kind](seed, skey, force);
    writePublicFiles(publicFiles, verificationKey);
    return verificationKey;
  };
  // Other commands change the file of a KES key under its lock.
  return kind === 'kes' ? withLockFile(skey, make) : make();
}

/** Writes the file of the signing key of a seed, and returns the verification key. A KES key has depth 6. */
type Writer = (seed: MLockedSeed<32>, skey: string, replace: boolean) => Uint8Array;

const WRITERS: Readonly<Record<VerificationKeyKind, Writer>> = {
  kes: (seed, skey, replace) =>
    derivedOf(sum6Kes.generateKey(seed), (key) => writeKesSigningKey(skey, key, { replace })),
  vrf: (seed, skey) =>
    derivedOf(praosVrf.generateKey(seed), (key) => writeVrfSigningKey(skey, key)),
  cold: (seed, skey) =>
    derivedOf(ed25519.generateKey(seed), (key) =>
      writeColdSigningKey(skey, key, { readOnly: true }),
    ),
};

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
