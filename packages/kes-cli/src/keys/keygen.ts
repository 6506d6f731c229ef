/** `kes keygen`, `kes vrf keygen` and `kes cold keygen`: new key pairs. */
import { existsSync } from 'node:fs';
import {
  eraseLeftovers,
  hexOf,
  networkNames,
  poolIdOf,
  withLockFile,
  writeCounter,
  type NetworkName,
} from '@evolock/cardano-kes';
import { done, type Answer, type Fact, type JsonMembers } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { UNCHECKED, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { refuseDash } from '../files/read.js';
import { exchangeWarnings, refuseExisting, refuseSameFile } from '../files/write.js';
import { makePair, type PairFiles } from './pair.js';
import { namedNetwork } from '../network/network.js';

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
  work: (_session: Session, options: PairFiles) => {
    const { skey, vkey, force = false } = options;
    refuseNames(options);
    refuseExisting(skey, force, 'kes-signing-key');
    refuseExisting(vkey, force, 'kes-verification-key');
    const key = withLockFile(skey, () => makePair('kes', options));
    const names = ['signingKeyFile', 'verificationKeyFile', 'kesVerificationKey'] as const;
    return answerOf(options, key, { title: 'a new KES key pair, at period 0', names });
  },
};

export const vrfCommand: Definition = {
  text: `
    Makes a new VRF key pair. A block producer proves with it that it may make a block, and the pool's registration names it. The signing key goes from locked memory to a file that only its owner can read (mode 0600). No file is replaced: a registered key stays in use. cardano-cli reads both files.

    --skey <file>  the file for the signing key
    --vkey <file>  the file for the verification key

    # A new key pair
    $ kes vrf keygen --skey vrf.skey --vkey vrf.vkey`,
  needed: ['skey', 'vkey'],
  work: (_session: Session, options: PairFiles) => {
    refuseNames(options);
    refuseReplacing('vrf', options);
    return answerOf(options, makePair('vrf', options), {
      title: 'a new VRF key pair',
      names: ['vrfSigningKeyFile', 'vrfVerificationKeyFile', 'vrfVerificationKey'],
    });
  },
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
  const { skey, counter, offline = false } = options;
  const { network = 'mainnet' } = namedNetwork(session, options);
  refuseDash('--counter', counter, 'a counter is changed in its file: give a name');
  if (network === 'mainnet' && !offline) {
    throw usage(
      `${OFFLINE}. If this is that machine, add --offline; for a key of a test network, name the network (--network preview)`,
    );
  }
  refuseNames(options, ['--counter', counter]);
  // A killed run may have left a second name of the key.
  if (existsSync(skey)) eraseLeftovers(skey);
  refuseReplacing('cold', options);
  refuseExisting(counter, false, 'certificate-counter', KEPT.cold);
  const key = makePair('cold', options, [
    {
      path: counter,
      write: (coldVerificationKey) => writeCounter(counter, { next: 0n, coldVerificationKey }),
      command: (key) => `kes counter new --cold-vkey ${hexOf(key)} --out FILE`,
    },
  ]);
  const poolId = poolIdOf(key);
  return answerOf(options, key, {
    title: 'a new cold key pair, and its counter at 0',
    names: ['coldSigningKeyFile', 'coldVerificationKeyFile', 'coldVerificationKey'],
    mode: '0400',
    json: { counterFile: counter, poolId: { ...poolId } },
    facts: [
      ['counter', printable(counter)],
      ['pool', poolId.bech32],
    ],
  });
}

function refuseNames({ skey, vkey }: PairFiles, ...more: (readonly [string, string])[]) {
  refuseDash('--skey', skey, 'a signing key is written to a file only: give a name');
  refuseDash(
    '--vkey',
    vkey,
    'a verification key is written to a file: give a name (kes vkey prints it)',
  );
  refuseSameFile([['--skey', skey], ['--vkey', vkey], ...more]);
}

/** Keys that a registration names are never replaced. */
const KEPT = {
  vrf: 'keep it: kes replaces no VRF key',
  cold: 'keep it: kes replaces no cold key',
} as const;

function refuseReplacing(kind: keyof typeof KEPT, { skey, vkey }: PairFiles): void {
  refuseExisting(skey, false, `${kind}-signing-key`, KEPT[kind]);
  refuseExisting(vkey, false, `${kind}-verification-key`, KEPT[kind]);
}

interface PairWords {
  readonly title: string;
  /** The names in JSON of the signing key file, the verification key file, and the verification key. */
  readonly names: readonly [skey: string, vkey: string, key: string];
  readonly mode?: string;
  /** What is made beside the pair. */
  readonly json?: JsonMembers;
  readonly facts?: readonly Fact[];
}

function answerOf(
  { skey, vkey }: PairFiles,
  bytes: Uint8Array,
  { title, names, mode = '0600', json, facts = [] }: PairWords,
): Answer {
  const key = hexOf(bytes);
  return {
    json: { [names[0]]: skey, [names[1]]: vkey, [names[2]]: key, ...json },
    warnings: exchangeWarnings(skey),
    result: done(title),
    facts: [
      ['signing key', `${printable(skey)} (mode ${mode}: do not change it)`],
      ['verification key', printable(vkey)],
      ['', key],
      ...facts,
    ],
  };
}
