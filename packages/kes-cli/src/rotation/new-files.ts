/**
 * The new files of a rotation: their names, beside the old ones with the start period, and their content. A rotation that was
 * interrupted continues with the files that it left. Files of another one are not touched.
 */
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  eraseLeftovers,
  hexOf,
  readVerificationKey,
  withLockFile,
  writeVerificationKey,
  type AbsolutePeriod,
} from '@evolock/cardano-kes';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import {
  LARGEST_REQUEST,
  parseRequest,
  requestText,
  type CertificateRequest,
} from '../certificates/request.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable } from '../cli/text.js';
import { readPublic } from '../files/read.js';
import { kesPair, makePair } from '../keys/pair.js';
import { withSigningKey } from '../keys/signing-key.js';

/** What tells the files of two rotations apart: the start period, and letters for a second pair of one period. */
export interface PairName {
  readonly startPeriod: AbsolutePeriod;
  /** `1574`, or `1574b`. */
  readonly name: string;
  /** The next pair, another one beside it, or one that was made in an earlier period. */
  readonly which: 'next' | 'another' | 'earlier';
}

/** The new public files. */
export interface NewFiles {
  readonly vkey: string;
  readonly request: string;
  readonly cert: string;
}

/** The new files of a key that is in a file. */
export interface NewPairFiles extends NewFiles {
  readonly skey: string;
}

/** `kes.skey` and `node.cert` give `kes-1574.skey`, `kes-1574.vkey`, `kes-1574.request` and `node-1574.cert`. */
export function newPairFiles(skey: string, cert: string, pair: PairName): NewPairFiles {
  const files = { ...namedAfter(skey, cert, pair.name), skey: `${stemOf(skey)}-${pair.name}.skey` };
  refuseSameName([skey, cert], [files.skey, files.cert], pair);
  return files;
}

/** `node.cert` gives `node-1574.vkey`, `node-1574.request` and `node-1574.cert`. */
export function newAgentFiles(cert: string, pair: PairName): NewFiles {
  const files = namedAfter(cert, cert, pair.name);
  refuseSameName([cert], [files.cert], pair);
  return files;
}

function namedAfter(key: string, cert: string, name: string): NewFiles {
  const stem = `${stemOf(key)}-${name}`;
  return { vkey: `${stem}.vkey`, request: `${stem}.request`, cert: `${stemOf(cert)}-${name}.cert` };
}

/** The path without its extension, and without the name of an earlier rotation. */
export function stemOf(path: string): string {
  const stem = basename(path)
    .replace(/\.[a-z]+$/i, '')
    .replace(/-[0-9]+[a-z]*$/, '');
  return join(dirname(path), stem);
}

function refuseSameName(
  old: readonly string[],
  made: readonly string[],
  { startPeriod, name }: PairName,
): void {
  const existing = old.map((path) => resolve(path));
  if (!made.some((path) => existing.includes(resolve(path)))) return;
  const other = freeName(String(startPeriod), made, name);
  throw new CommandError(
    'usage',
    `${old.map(printable).join(' and ')} ${old.length === 1 ? 'was' : 'were'} made in KES period ${startPeriod}, which is not over: the next files would have the same names; for a second pair in this period, add --name ${other}`,
  );
}

/** A name of this period that no file has. */
function freeName(period: string, paths: readonly string[], name: string): string {
  const isTaken = (other: string) =>
    paths.some((path) => existsSync(path.replace(`-${name}.`, `-${other}.`)));
  const letter = Array.from('bcdefghijklmnopqrstuvwxyz').find(
    (each) => !isTaken(`${period}${each}`),
  );
  return `${period}${letter ?? 'bb'}`;
}

/** The error about a file that must stay, so that this rotation cannot use its name. */
export function foreign(path: string, reason = 'is not of this rotation'): CommandError {
  return new CommandError(
    'usage',
    `${printable(path)}: it exists already, and ${reason}: move it away, or choose other names by --name`,
  );
}

/** Refuses the file of another verification key. */
export function refuseForeignKey(vkey: string, key: Uint8Array): void {
  if (!existsSync(vkey)) return;
  if (hexOf(readVerificationKey('kes', vkey).verificationKey) !== hexOf(key)) throw foreign(vkey);
}

/** Refuses every file of another rotation before a key is made. */
export function refuseForeignFiles({ vkey, request, cert }: NewFiles): void {
  for (const path of [vkey, request, cert]) if (existsSync(path)) throw foreign(path);
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

/** Makes the new pair, or reads the one of an interrupted rotation. Returns its verification key. */
export async function newPair(files: NewPairFiles): Promise<Uint8Array> {
  const { skey, vkey } = files;
  const found = lstatSync(skey, { throwIfNoEntry: false, bigint: true });
  if (found === undefined) {
    refuseForeignFiles(files);
    return withLockFile(skey, () => makePair(kesPair, { skey, vkey }));
  }
  if (!found.isFile()) throw foreign(skey, 'is a link, or no regular file');
  // Who made a key knows it, and this one will be certified.
  const user = BigInt(process.geteuid?.() ?? found.uid);
  if (found.uid !== user) throw foreign(skey, `belongs to user ${found.uid}, not to ${user}`);
  const key = await withSigningKey(skey, ({ signingKey, nodeReading, identity }) => {
    if (nodeReading !== 'usable') throw foreign(skey);
    if (identity.inode !== found.ino) throw foreign(skey, 'was exchanged');
    return signingKey.deriveVerificationKey();
  });
  refuseForeignKey(vkey, key);
  // A killed run may have left a second name of the key.
  eraseLeftovers(skey);
  if (lstatSync(skey).nlink > 1) throw foreign(skey, 'has more than one name');
  keepVerificationKey(vkey, key);
  return key;
}

/** Writes the file of a verification key, or keeps the one of an interrupted rotation. */
export function keepVerificationKey(vkey: string, key: Uint8Array): void {
  if (existsSync(vkey)) eraseLeftovers(vkey);
  else writeVerificationKey('kes', vkey, key);
}

/** Writes the request, or keeps the one of an interrupted rotation. What is known of the chain is brought up to date. */
export async function writeRequest(
  session: Session,
  path: string,
  request: CertificateRequest,
): Promise<void> {
  if (!existsSync(path)) {
    writeDurably(path, requestText(request), { replace: false, secret: false });
    return;
  }
  const found = parseRequest(path, await readPublic(session, path, LARGEST_REQUEST));
  const { time, onChain } = request;
  const isSame = Buffer.compare(requestText({ ...found, time, onChain }), requestText(request));
  if (isSame !== 0) throw foreign(path);
  if (onChain === undefined || onChain === found.onChain) eraseLeftovers(path);
  else writeDurably(path, requestText(request), { replace: true, secret: false });
}
