/**
 * What the parts of a rotation share: its facts; the names of its files, which lie beside the old ones; the judgement of the new
 * certificate; and the steps that are left. `kes.skey` and `node.cert` give `kes-1574.skey`, `kes-1574.vkey`, `kes-1574.request`
 * and `node-1574.cert`. Rotations that are not finished are found by these names.
 */
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type AbsolutePeriod,
  absolutePeriod,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-headers';
import { readVerificationKey } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Answer, Check, JsonMembers } from '@evolock/command-line/answer';
import { type CommandError, usage } from '@evolock/command-line/errors';
import { InvalidArgumentError } from '@evolock/command-line/option-values';
import { printable, shellWord } from '@evolock/command-line/text';
import { hasEnded, judgeSignature, judgeTime, lifeAt } from '../certificates/certificate.js';
import { judgeNumber, numberChecks } from '../certificates/number.js';
import { type OnChain, queryOf } from '../certificates/on-chain.js';
import { ifPossible } from '../errors.js';
import { judgeKey } from '../certificates/signing-key-file.js';
import { type Moment, periodAt } from '../network/clock.js';
import type { PairPaths } from './link.js';

interface Rotation {
  readonly cert: string;
  readonly old: IssuedCertificate;
  readonly onChain: OnChain | undefined;
  /** The word after `--on-chain`, to type it again. */
  readonly statedOnChain: string | undefined;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  readonly network: string;
  /** The option that names the key in use, to type it again. */
  readonly keyOption: string;
  /** The names of a start script that lead to the new pair when the rotation has ended. */
  readonly links: PairPaths | undefined;
}

export interface Beginning extends Rotation, PairName {
  readonly cold: ColdFiles | undefined;
  /** The command that begins it, without a name and a number. */
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
  readonly next: (beginning: Beginning) => NextKey | Promise<NextKey>;
  /** Checks the new certificate with its key, and ends the old key when every check is passed. */
  readonly end: (ending: Ending) => Answer | Promise<Answer>;
}

export interface NextKey {
  readonly files: NewFiles;
  readonly skey?: string;
  readonly warnings: readonly string[];
  /** Makes the key, or finds the one of an interrupted rotation. Returns its verification key. */
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  readonly place: string;
  readonly json: JsonMembers;
  /** What to do when the certificate is on this machine. A certificate that was issued here was checked. */
  readonly stepsAfter: (isIssuedHere: boolean) => readonly Step[];
}

/** A name that `--name` gives: of the pair of an earlier KES period, or of a second pair of this one. */
export interface StatedName {
  readonly startPeriod: AbsolutePeriod;
  readonly name: string;
}

/** What tells the files of two rotations apart: the start period, and letters for a second pair of one period. */
interface PairName extends StatedName {
  /** The next pair, another one beside it, or one that was made in an earlier period. */
  readonly which: 'next' | 'another' | 'earlier';
}

export function pairNameIn(text: string): StatedName {
  const [, period] = /^([0-9]{1,20})[a-z]*$/.exec(text) ?? [];
  if (period === undefined || BigInt(period) >= 1n << 64n) {
    throw new InvalidArgumentError('It is not a KES period, or one with letters, like 1574b.');
  }
  return { startPeriod: absolutePeriod(BigInt(period)), name: text };
}

/** The name of the rotation. The KES period in which it begins is the start period of the next certificate. */
export function pairNameOf(
  { cert, old: { certificate }, parameters, moment }: Rotation,
  stated: StatedName | undefined,
): PairName {
  const { period } = periodAt(parameters, moment);
  if (stated === undefined) return { startPeriod: period, name: String(period), which: 'next' };
  const { startPeriod, name } = stated;
  if (startPeriod < certificate.startPeriod || startPeriod > period) {
    throw usage(
      `--name ${name}: give a KES period from ${certificate.startPeriod}, the start of ${printable(cert)}, to ${period}, the current one`,
    );
  }
  if (hasEnded(parameters, startPeriod, period)) {
    throw usage(
      `--name ${name}: a certificate from KES period ${startPeriod} has ended, since it is ${period} now: leave --name out`,
    );
  }
  return { startPeriod, name, which: startPeriod === period ? 'another' : 'earlier' };
}

/** The files of a certificate and of its key; without `skey` the key is in an agent. */
interface Pair {
  readonly cert: string;
  readonly skey?: string | undefined;
}

/** The new files. A key in an agent has no `skey`. */
export type NewFiles = Readonly<Record<'skey' | 'vkey' | 'request' | 'cert', string>>;

export function filesNamed({ cert, skey = cert }: Pair, name: string): NewFiles {
  const stem = `${stemOf(skey)}-${name}`;
  return {
    skey: `${stem}.skey`,
    vkey: `${stem}.vkey`,
    request: `${stem}.request`,
    cert: `${stemOf(cert)}-${name}.cert`,
  };
}

/** The new files of a rotation, unless they would have the names of the files in use. */
export function newFiles(inUse: Pair, { startPeriod, name }: PairName): NewFiles {
  const files = filesNamed(inUse, name);
  const old = [...(inUse.skey === undefined ? [] : [inUse.skey]), inUse.cert];
  const made = [files.skey, files.cert].map((path) => resolve(path));
  if (!old.some((path) => made.includes(resolve(path)))) return files;
  const isFree = (other: string) =>
    !Object.values(filesNamed(inUse, other)).some((path) => existsSync(path));
  const other = Array.from('bcdefghijklmnopqrstuvwxyz', (letter) => `${startPeriod}${letter}`);
  throw usage(
    `${old.map(printable).join(' and ')} ${old.length === 1 ? 'was' : 'were'} made in KES period ${startPeriod}, which is not over: the next files would have the same names; for a second pair in this period, add --name ${other.find(isFree) ?? `${startPeriod}bb`}`,
  );
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
  return ifPossible(() => (lstatSync(path).isSymbolicLink() ? realpathSync(path) : path)) ?? path;
}

/** The error about a file that must stay, so that this rotation cannot use its name. */
export function foreign(path: string, reason = 'is not of this rotation'): CommandError {
  return usage(
    `${printable(path)}: it exists already, and ${reason}: move it away, or choose other names by --name`,
  );
}

export function refuseForeignKey({ vkey }: NewFiles, key: Uint8Array): void {
  if (existsSync(vkey) && !isKeyOf(vkey, key)) throw foreign(vkey);
}

export function refuseForeignFiles({ vkey, request, cert }: NewFiles): void {
  for (const path of [vkey, request, cert]) if (existsSync(path)) throw foreign(path);
}

interface PendingSearch {
  readonly inUse: Pair;
  /** Whether a rotation can go on with the key of these files. */
  readonly isUsable?: (files: NewFiles) => boolean;
  /** The ways out besides going on and beginning another one: to end it, or to drop its key. */
  readonly waysOut: (files: NewFiles) => string;
}

/** The file that every rotation has, from its beginning on. */
function firstOf({ skey }: Pair): 'skey' | 'vkey' {
  return skey === undefined ? 'vkey' : 'skey';
}

/** Without `--name` none begins while another is unfinished; an earlier name goes on with that one, which has to exist. */
export function refusePending(beginning: Beginning, search: PendingSearch): void {
  const { which, name, cold, parameters, startPeriod } = beginning;
  const own = filesNamed(search.inUse, name)[firstOf(search.inUse)];
  if (existsSync(own)) return;
  if (which === 'earlier') {
    throw usage(
      `--name ${name}: there is no ${printable(own)} to go on with: leave --name out for a pair of the current KES period`,
    );
  }
  const found = which === 'another' ? undefined : pendingBeside(beginning, search);
  if (found === undefined) return;
  const reused = cold?.reuseNumber === undefined ? '' : ` --reuse-number ${cold.reuseNumber}`;
  const again = `${beginning.again}${reused}`;
  const goOn = hasEnded(parameters, found.startPeriod, startPeriod)
    ? `, and a certificate from KES period ${found.startPeriod} has ended. T`
    : `. To go on with it, run: ${again} --name ${found.name}; t`;
  const files = filesNamed(search.inUse, found.name);
  throw usage(
    `${printable(files[firstOf(search.inUse)])}: the rotation that made it is not finished${goOn}o ${search.waysOut(files)}; to begin another one beside it, run: ${again} --name ${name}`,
  );
}

/** A rotation that began while the certificate was in use. A copy of the pair in use is not one. */
function pendingBeside(
  { old: { certificate }, startPeriod }: Beginning,
  { inUse, isUsable = () => true }: PendingSearch,
): StatedName | undefined {
  const key = inUse.skey ?? inUse.cert;
  const stem = stemOf(key);
  return readdirSync(dirname(stem))
    .flatMap((file) => {
      const [, before, name = '', period = '', kind] =
        /^(.*)-(([0-9]{1,20})[a-z]*)\.([a-z]+)$/.exec(file) ?? [];
      const isOne = before === basename(stem) && kind === firstOf(inUse) && file !== basename(key);
      return isOne ? [{ name, startPeriod: BigInt(period) as AbsolutePeriod }] : [];
    })
    .find(({ name, startPeriod: began }) => {
      const files = filesNamed(inUse, name);
      return (
        began >= certificate.startPeriod &&
        began <= startPeriod &&
        !isKeyOf(files.vkey, certificate.hotVerificationKey) &&
        isUsable(files)
      );
    });
}

export function isKeyOf(vkey: string, key: Uint8Array): boolean {
  const found = ifPossible(() => readVerificationKey('kes', vkey).verificationKey);
  return found !== undefined && sameBytes(found, key);
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
  const { sequenceNumber } = file.certificate;
  // A node with the new pair makes blocks, or one with its number did: the old pair is not in use any more.
  const isSwitched = skey !== undefined && sequenceNumber === onChain?.last;
  const inUse = isSwitched ? undefined : old.certificate.sequenceNumber;
  const number = judgeNumber(sequenceNumber, { onChain, inUse });
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

export function endCommand({ cert, keyOption, network, links }: Rotation, made: Pair): string {
  const key = made.skey === undefined ? '' : ` --new-skey ${shellWord(made.skey)}`;
  const link = links === undefined ? '' : ` --link ${shellWord(`${links.skey},${links.cert}`)}`;
  return `kes rotate --finish --cert ${shellWord(cert)} ${keyOption} --new-cert ${shellWord(made.cert)}${key} ${network}${link}`;
}

/** The command that began a rotation, to go on with it. */
export function commandAgain({ again, which, name }: Beginning): string {
  return which === 'next' ? again : `${again} --name ${name}`;
}

/** The node is asked for the last number on chain. */
function askingStep(
  rotation: Rotation,
  words = 'Ask the node for the last number on chain:',
): Step {
  const socket =
    'It needs the socket of the node: in CARDANO_NODE_SOCKET_PATH, or by --socket-path.';
  return [words, queryBeside(rotation).query, socket];
}

/** What is on chain is known before it is needed: the command that began the rotation is run again with it. */
export function stepsToKnow(beginning: Beginning, words: string): readonly Step[] {
  return [askingStep(beginning), [words, `${commandAgain(beginning)} ${answerOption(beginning)}`]];
}

/** The answer of the node, by the option of a later step. */
function answerOption(rotation: Rotation): string {
  return `--on-chain ${queryBeside(rotation).answer}`;
}

/**
 * The steps that judge the new pair before a node has it. What was stated is given again; the node is asked where that cannot
 * be read again, or is not about the new certificate.
 */
export function stepsToCheck(rotation: Rotation, pair: string): readonly Step[] {
  const { onChain, statedOnChain, network } = rotation;
  const again = onChain?.namesPool === false ? undefined : statedOnChain;
  const option = again === undefined ? answerOption(rotation) : `--on-chain ${again}`;
  const isAsked = onChain !== undefined && again === undefined;
  return [
    ...(isAsked ? [askingStep(rotation)] : []),
    ['Check the pair:', `kes status ${pair} ${network} ${option}`],
  ];
}

function queryBeside({ parameters, old, cert }: Rotation) {
  return queryOf(parameters, old.coldVerificationKey, cert);
}

/** The steps that end a rotation. The end is run with a new answer of the node: an older one erases and installs nothing. */
export function stepsToEnd(
  rotation: Rotation,
  made: Pair,
  [asking, ending]: readonly [asking: string | undefined, ending: string],
): readonly [asking: Step, ending: Step] {
  return [
    askingStep(rotation, asking),
    [ending, `${endCommand(rotation, made)} ${answerOption(rotation)}`],
  ];
}
