/**
 * What the parts of a rotation share: its facts; the names of its files, which lie beside the old ones; the judgement of the new
 * certificate; and the steps that are left. `kes.skey` and `node.cert` give `kes-1574.skey`, `kes-1574.vkey`, `kes-1574.request`
 * and `node-1574.cert`. A rotation that is not finished is found by these names, and gone on with.
 */
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type AbsolutePeriod,
  type IssuedCertificate,
  type KesParameters,
  type LastOnChain,
  readVerificationKey,
} from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Answer, Check, JsonMembers } from '@evolock/command-line/answer';
import { type CommandError, usage } from '@evolock/command-line/errors';
import { printable, shellWord } from '@evolock/command-line/text';
import { judgeSignature, judgeTime, lifeAt } from '../certificates/certificate.js';
import { marginOf } from '../certificates/issuing.js';
import { judgeNumber, numberChecks, queryOf } from '../certificates/number.js';
import { judgeKey } from '../keys/signing-key-file.js';
import { type Moment, periodAt } from '../network/clock.js';

export interface Rotation {
  readonly cert: string;
  readonly old: IssuedCertificate;
  readonly onChain: LastOnChain | undefined;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  /** The options that name the network, to type them again. */
  readonly network: string;
  /** The option that names the key in use, to type it again. */
  readonly keyOption: string;
}

export interface Beginning extends Rotation {
  /** That of the next certificate: the KES period in which the rotation began. */
  readonly startPeriod: AbsolutePeriod;
  readonly cold: ColdFiles | undefined;
  /** The command that begins it, without a number. */
  readonly again: string;
}

export interface Ending extends Rotation {
  readonly newCert: string;
  readonly file: IssuedCertificate;
}

export interface ColdFiles {
  readonly coldSkey: string;
  readonly counter: string;
  /** The number of the certificate in use, to use it again while no block with it is on chain. */
  readonly reuseNumber: bigint | undefined;
}

export interface KeyStore {
  readonly next: (rotation: Rotation) => NextKey | Promise<NextKey>;
  /** Checks the new certificate with its key, and ends the old key when every check is passed. */
  readonly end: (ending: Ending) => Answer | Promise<Answer>;
}

export interface NextKey extends NextPair {
  readonly skey?: string;
  readonly warnings: readonly string[];
  /** The commands that end the rotation, or drop its key. */
  readonly waysOut: () => string;
  /** Makes the key, or finds the one of an interrupted rotation. Returns its verification key. */
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  readonly place: string;
  readonly json: JsonMembers;
  /** What to do when the certificate is on this machine. A certificate that was issued here was checked. */
  readonly stepsAfter: (isIssuedHere: boolean) => readonly Step[];
}

/** The files of a certificate and of its key; without `skey` the key is in an agent. */
interface Pair {
  readonly cert: string;
  readonly skey?: string | undefined;
}

/** The new files. A key in an agent has no `skey`. */
export type NewFiles = Readonly<Record<'skey' | 'vkey' | 'request' | 'cert', string>>;

function filesNamed({ cert, skey = cert }: Pair, name: string): NewFiles {
  const stem = `${stemOf(skey)}-${name}`;
  return {
    skey: `${stem}.skey`,
    vkey: `${stem}.vkey`,
    request: `${stem}.request`,
    cert: `${stemOf(cert)}-${name}.cert`,
  };
}

/** The path without its extension, and without the name of an earlier rotation. */
function stemOf(path: string): string {
  const stem = basename(path)
    .replace(/\.[a-z]+$/i, '')
    .replace(/-[0-9]+[a-z]*$/, '');
  return join(dirname(path), stem);
}

/** The file that a symbolic link leads to. A path that is none, or leads nowhere, stays. */
export function realPathOf(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  } catch {
    // Reading it reports the error.
    return path;
  }
}

/** The error about a file that must stay, so that this rotation cannot use its name. */
export function foreign(path: string, reason = 'is not of this rotation'): CommandError {
  return usage(`${printable(path)}: it exists already, and ${reason}: move it away`);
}

export function refuseForeignKey({ vkey }: NewFiles, key: Uint8Array): void {
  if (existsSync(vkey) && !isKeyOf(vkey, key)) throw foreign(vkey);
}

/** The names of a rotation, and the KES period in which it began. */
interface NextPair {
  readonly files: NewFiles;
  readonly startPeriod: AbsolutePeriod;
}

interface PairSearch {
  readonly inUse: Pair;
  /** Whether a rotation can go on with the key of these files. */
  readonly isUsable?: (files: NewFiles) => boolean;
  readonly waysOut: (files: NewFiles) => string;
}

/** The pair of the rotation that is not finished, or the next one, whose names no file has: a second one of a period has a letter. */
export function nextPair(rotation: Rotation, search: PairSearch): NextPair {
  const { parameters, moment } = rotation;
  const { inUse, waysOut } = search;
  const { period } = periodAt(parameters, moment);
  const found = unfinishedPair(rotation, period, search);
  if (found === undefined) {
    const names = LETTERS.map((letter) => filesNamed(inUse, `${period}${letter}`));
    const free = names.find((files) => !Object.values(files).some((path) => existsSync(path)));
    return { files: free ?? filesNamed(inUse, `${period}zz`), startPeriod: period };
  }
  const past = period - found.startPeriod;
  if (past <= marginOf(parameters)) return found;
  throw usage(
    `${printable(found.files[firstOf(inUse)])}: the rotation that made it is not finished, and began ${past} KES periods ago, so its certificate would end early. To ${waysOut(found.files)}; then run this command again`,
  );
}

/** After the KES period in a name. */
const LETTERS = ['', ...'bcdefghijklmnopqrstuvwxyz'.split('')];

/** The file that every rotation has, from its beginning on. */
function firstOf({ skey }: Pair): 'skey' | 'vkey' {
  return skey === undefined ? 'vkey' : 'skey';
}

/** The last rotation that began while the certificate was in use. A copy of the pair in use is not one. */
function unfinishedPair(
  { old: { certificate } }: Rotation,
  period: AbsolutePeriod,
  { inUse, isUsable = () => true }: PairSearch,
): NextPair | undefined {
  const key = inUse.skey ?? inUse.cert;
  const stem = stemOf(key);
  return readdirSync(dirname(stem))
    .sort()
    .flatMap((file) => {
      const [, before, name = '', began = '', kind] =
        /^(.*)-(([0-9]{1,20})[a-z]*)\.([a-z]+)$/.exec(file) ?? [];
      const isOne = before === basename(stem) && kind === firstOf(inUse) && file !== basename(key);
      if (!isOne) return [];
      return [{ files: filesNamed(inUse, name), startPeriod: BigInt(began) as AbsolutePeriod }];
    })
    .findLast(
      ({ files, startPeriod }) =>
        startPeriod >= certificate.startPeriod &&
        startPeriod <= period &&
        !isKeyOf(files.vkey, certificate.hotVerificationKey) &&
        isUsable(files),
    );
}

export function isKeyOf(vkey: string, key: Uint8Array): boolean {
  try {
    return sameBytes(readVerificationKey('kes', vkey).verificationKey, key);
  } catch {
    // There is none, or it is damaged.
    return false;
  }
}

interface NewPair extends Pair {
  readonly file: IssuedCertificate;
  readonly cold?: ColdFiles;
  /** What goes before the number: of two certificates in the wrong order, none is issued again. */
  readonly order?: readonly Check[];
}

/** Judges a new certificate at this moment, with its key if that is in a file, and its number by the chain. */
export function judgePair(
  { old, onChain, parameters, moment, network }: Rotation,
  { cert: out, skey, file, cold, order = [] }: NewPair,
) {
  const life = lifeAt(parameters, file, moment);
  const key = skey === undefined ? undefined : judgeKey(skey, file, life.evolution);
  const inUse = old.certificate.sequenceNumber;
  const number = judgeNumber(file.certificate.sequenceNumber, { onChain, inUse });
  const ofNumber = numberChecks(number, { file, out, network, onChain, cold });
  const checks = [
    ...judgeNext(old, file, judgeTime(life), key?.check),
    ...(order.length > 0 ? order : ofNumber),
  ];
  return { checks, number, warnings: key?.warnings ?? [] };
}

export function judgeNext(
  old: IssuedCertificate,
  file: IssuedCertificate,
  time: Check,
  key?: Check,
): Check[] {
  const isSamePool = sameBytes(old.coldVerificationKey, file.coldVerificationKey);
  const isSameKey = sameBytes(
    old.certificate.hotVerificationKey,
    file.certificate.hotVerificationKey,
  );
  return [
    judgeSignature(file),
    time,
    ...(key === undefined ? [] : [key]),
    { valid: isSamePool, words: `it is of ${isSamePool ? 'the same' : 'another'} pool` },
    { valid: !isSameKey, words: isSameKey ? 'it is for the old key' : 'it is for another key' },
  ];
}

/** One step, the command of it, and what may be different. */
export type Step = readonly [words: string, command?: string, note?: string];

/** The steps as numbered lines. A command has a line of its own, to copy. */
export function stepsInWords(steps: readonly Step[]): string[] {
  return steps.flatMap(([words, ...more], index) => [
    `  ${index + 1}. ${words}`,
    ...more.map((line) => `     ${line ?? ''}`),
  ]);
}

export function endCommand({ cert, keyOption, network }: Rotation, made: Pair): string {
  const key = made.skey === undefined ? '' : ` --new-skey ${shellWord(made.skey)}`;
  return `kes rotate --finish --cert ${shellWord(cert)} ${keyOption} --new-cert ${shellWord(made.cert)}${key} ${network}`;
}

/** The steps that end a rotation: the node is asked for the last number on chain, and the end is run with its answer. */
export function stepsToEnd(
  rotation: Rotation,
  made: Pair,
  [asking, ending]: readonly [asking: string, ending: string],
): readonly [asking: Step, ending: Step] {
  const { query, answer } = queryOf(rotation.parameters, made.cert);
  const socket =
    'It needs the socket of the node: in CARDANO_NODE_SOCKET_PATH, or by --socket-path.';
  return [
    [asking, query, socket],
    [ending, `${endCommand(rotation, made)} --on-chain ${answer}`],
  ];
}
