/**
 * The names of a rotation and of its files, which lie beside the old ones: `kes.skey` and `node.cert` give `kes-1574.skey`,
 * `kes-1574.vkey`, `kes-1574.request` and `node-1574.cert`. Rotations that are not finished are found by these names.
 */
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  absolutePeriod,
  readVerificationKey,
  type AbsolutePeriod,
  type IssuedCertificate,
} from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { InvalidArgumentError } from '@evolock/command-line/option-values';
import { hasEnded } from '../certificates/life-at.js';
import { type CommandError, usage } from '@evolock/command-line/errors';
import { printable } from '@evolock/command-line/text';
import { periodAt } from '../network/clock.js';
import type { Beginning, Rotation } from './rotation.js';

/** A name that `--name` gives: of the pair of an earlier KES period, or of a second pair of this one. */
export interface StatedName {
  readonly startPeriod: AbsolutePeriod;
  /** `1574`, or `1574b`. */
  readonly name: string;
}

/** What tells the files of two rotations apart: the start period, and letters for a second pair of one period. */
export interface PairName extends StatedName {
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
  { cert, parameters, moment }: Rotation,
  { certificate }: IssuedCertificate,
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

/** The files of the certificate in use and of its key; without `skey` the key is in an agent. */
interface FilesInUse {
  readonly cert: string;
  readonly skey?: string | undefined;
}

/** The new files. A key in an agent has no `skey`. */
export interface NewFiles {
  readonly skey: string;
  readonly vkey: string;
  readonly request: string;
  readonly cert: string;
}

function filesNamed({ cert, skey = cert }: FilesInUse, name: string): NewFiles {
  const stem = `${stemOf(skey)}-${name}`;
  return {
    skey: `${stem}.skey`,
    vkey: `${stem}.vkey`,
    request: `${stem}.request`,
    cert: `${stemOf(cert)}-${name}.cert`,
  };
}

/** The new files of a rotation, unless they would have the names of the files in use. */
export function newFiles(inUse: FilesInUse, { startPeriod, name }: PairName): NewFiles {
  const files = filesNamed(inUse, name);
  const old = [inUse.skey, inUse.cert].flatMap((path) => path ?? []);
  const made = [files.skey, files.cert].map((path) => resolve(path));
  if (!old.some((path) => made.includes(resolve(path)))) return files;
  const isFree = (other: string) =>
    !Object.values(filesNamed(inUse, other) as Record<keyof NewFiles, string>).some((path) =>
      existsSync(path),
    );
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
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  } catch {
    // Reading it reports the error.
    return path;
  }
}

/** The error about a file that must stay, so that this rotation cannot use its name. */
export function foreign(path: string, reason = 'is not of this rotation'): CommandError {
  return usage(
    `${printable(path)}: it exists already, and ${reason}: move it away, or choose other names by --name`,
  );
}

export function refuseForeignKey({ vkey }: NewFiles, key: Uint8Array): void {
  if (!existsSync(vkey)) return;
  if (!isKeyOf(vkey, key)) throw foreign(vkey);
}

/** Refuses every file of another rotation before a key is made. */
export function refuseForeignFiles({ vkey, request, cert }: NewFiles): void {
  for (const path of [vkey, request, cert]) if (existsSync(path)) throw foreign(path);
}

/** Where the unfinished rotations of a key are looked for. */
interface PendingSearch {
  readonly inUse: FilesInUse;
  /** The file that every rotation has, from its beginning on. */
  readonly first: 'skey' | 'vkey';
  /** Whether a rotation can go on with the key of these files. */
  readonly isUsable: (files: NewFiles) => boolean;
  /** The ways out besides going on and beginning another one: to end it, or to drop its key. */
  readonly waysOut: (files: NewFiles) => string;
}

/**
 * Without `--name`, a rotation does not begin while another one is unfinished. With the name of an earlier period it goes on
 * with that one, which has to exist.
 */
export function refusePending(beginning: Beginning, search: PendingSearch): void {
  const { which, name, cold, parameters, startPeriod } = beginning;
  const own = filesNamed(search.inUse, name)[search.first];
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
    `${printable(files[search.first])}: the rotation that made it is not finished${goOn}o ${search.waysOut(files)}; to begin another one beside it, run: ${again} --name ${name}`,
  );
}

/** A rotation that began while the certificate was in use. A copy of the pair in use is not one. */
function pendingBeside(
  { old: { certificate }, startPeriod }: Beginning,
  { inUse, first, isUsable }: PendingSearch,
): StatedName | undefined {
  const key = inUse.skey ?? inUse.cert;
  const stem = stemOf(key);
  return readdirSync(dirname(stem))
    .flatMap((file) => {
      const [, before, name, period = ''] = /^(.*)-(([0-9]{1,20})[a-z]*)\.[a-z]+$/.exec(file) ?? [];
      if (name === undefined || before !== basename(stem) || file === basename(key)) return [];
      return file.endsWith(`.${first}`)
        ? [{ name, startPeriod: BigInt(period) as AbsolutePeriod }]
        : [];
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
  try {
    return sameBytes(readVerificationKey('kes', vkey).verificationKey, key);
  } catch {
    // There is none, or it is damaged.
    return false;
  }
}
