/** Writes public files, and decides what `--force` may replace: a file by a file of its own kind. Warns of files that others can exchange. */
import { closeSync, constants, lstatSync, openSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EnvelopeError } from '@evolock/cardano-headers/certificates';
import type { EnvelopeKind } from '@evolock/cardano-headers/files';
import { type EnvelopeFacts, inspectEnvelope, readPublicStart } from '@evolock/cardano-kes';
import { FileError } from '@evolock/cardano-kes/all';
import {
  exchangeableOn,
  placeInWords,
  rootAndUser,
  wayTo,
  writeDurably,
} from '@evolock/direct-serialise-io/files';
import { missingFolder, usage } from '@evolock/command-line/errors';
import { systemError } from '@evolock/command-line/system-error';
import { printable } from '@evolock/command-line/text';
import { plainKindOf } from './plain-files.js';
import { inWords } from './read.js';

export type FileKind =
  EnvelopeKind | 'certificate-request' | 'kes-signature' | 'dmq-message' | 'metrics';

export const KIND_IN_WORDS: Readonly<Record<FileKind, string>> = {
  'kes-signing-key': 'a KES signing key',
  'kes-verification-key': 'a KES verification key',
  'cold-signing-key': 'a cold signing key',
  'cold-verification-key': 'a cold verification key',
  'vrf-signing-key': 'a VRF signing key',
  'vrf-verification-key': 'a VRF verification key',
  'operational-certificate': 'an operational certificate',
  'certificate-counter': 'a counter of certificates',
  'certificate-request': 'a certificate request',
  'kes-signature': 'a KES signature',
  'dmq-message': 'a message of the queue',
  metrics: 'a file of metrics',
};

/** Writes a public file as a whole or not at all. With `force` it may replace a file of its own kind. */
export function writePublic(
  path: string,
  content: Uint8Array,
  { force, kind }: { readonly force: boolean; readonly kind: FileKind },
): void {
  refuseExisting(path, force, kind);
  writeDurably(path, content, { replace: force, secret: false });
}

/**
 * Refuses a path where a file exists, unless `force` is set and the file is empty or of the kind to be written. Refuses
 * symbolic links, everything else that is not a regular file, and a folder that does not exist. `orElse` is what the user can
 * do instead.
 */
export function refuseExisting(
  path: string,
  force: boolean,
  kind: FileKind,
  orElse = 'replace it with --force',
): void {
  const stats = statsOf(path);
  if (stats === undefined) return;
  if (!force) {
    throw usage(`${printable(path)}: it exists already: choose another name, or ${orElse}`);
  }
  if (stats.isSymbolicLink()) throw new FileError('symbolic-link', path);
  if (!stats.isFile()) throw new FileError('not-regular', path);
  const words = stats.size === 0 ? undefined : otherKindIn(path, kind);
  if (words === undefined) return;
  // Metrics are replaced in every run.
  const option = kind === 'metrics' ? '--prometheus' : '--force';
  throw usage(
    `${printable(path)}: it is ${words}, and ${option} replaces only ${KIND_IN_WORDS[kind]} here: choose another name`,
  );
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && missingFolder(path) === undefined) return undefined;
    throw systemError(path, cause);
  }
}

/** What a file holds, in words; `undefined` when it is of this kind, or was removed meanwhile. */
function otherKindIn(path: string, kind: FileKind): string | undefined {
  let facts: EnvelopeFacts;
  try {
    facts = inspectEnvelope(path);
  } catch (error) {
    if (error instanceof FileError && error.reason === 'not-found') return undefined;
    if (error instanceof FileError && error.reason === 'too-large')
      return 'larger than any file that kes writes';
    if (error instanceof EnvelopeError) return otherTextIn(path, kind);
    throw error;
  }
  if (facts.kind === kind) return undefined;
  if (facts.kind !== undefined) return KIND_IN_WORDS[facts.kind];
  const what = facts.type.includes('SigningKey') ? 'a signing key' : 'a file of another type';
  return `${what} (${printable(facts.type)})`;
}

/** The same for a file without a sound text envelope. */
function otherTextIn(path: string, kind: FileKind): string | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = inWords(path, () => openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  try {
    const { isObject, namesSigningKey } = readPublicStart(fd);
    if (namesSigningKey) return 'a damaged signing key';
    if (isObject) return 'JSON that kes cannot read, maybe a key or a counter';
    const other = plainKindOf(fd);
    if (other === kind) return undefined;
    return other === undefined ? 'a file that kes did not write' : KIND_IN_WORDS[other];
  } finally {
    closeSync(fd);
  }
}

/** Refuses one file for two options, and a folder that does not exist, before a key is made. */
export function refuseSameFile(
  options: readonly (readonly [option: string, path: string | undefined])[],
): void {
  const optionAt = new Map<string, string>();
  for (const [option, path] of options) {
    if (path === undefined) continue;
    const folder = inWords(path, () => realpathSync(dirname(resolve(path))));
    const place = join(folder, basename(resolve(path)));
    const other = optionAt.get(place);
    if (other !== undefined)
      throw usage(`${other} and ${option} are the same file: choose two names`);
    optionAt.set(place, option);
  }
}

/**
 * Warns of a key file that another user can exchange: the user owns a folder or a link on the way to it, or may write there.
 * `owner` is the number of the user whose key it is, if that is another one.
 */
export function exchangeWarnings(path: string, owner?: number): string[] {
  const users = rootAndUser();
  if (users === undefined) return [];
  const place = exchangeableOn(wayTo(dirname(path)), [
    ...users,
    ...(owner === undefined ? [] : [owner]),
  ]);
  if (place === undefined) return [];
  return [
    `${printable(path)}: another user can exchange it (${printable(placeInWords(place))}): keep keys in a folder of their user that no other user can write to, below folders of that user or of root`,
  ];
}
