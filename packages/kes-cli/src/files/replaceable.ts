/** What `--force` may replace: a file by a file of its own kind. */
import { closeSync, constants, lstatSync, openSync, type Stats } from 'node:fs';
import {
  EnvelopeError,
  FileError,
  firstSightOf,
  inspectEnvelope,
  type EnvelopeFacts,
  type EnvelopeKind,
  type FirstSight,
} from '@evolock/cardano-kes';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import { isSignatureFile } from '../signature-file.js';
import { systemError } from './system-error.js';

/** What a file of `kes` holds. */
export type FileKind = EnvelopeKind | 'kes-signature';

/** Every kind with its article. */
export const KIND_IN_WORDS: Readonly<Record<FileKind, string>> = {
  'kes-signing-key': 'a KES signing key',
  'kes-verification-key': 'a KES verification key',
  'cold-signing-key': 'a cold signing key',
  'cold-verification-key': 'a cold verification key',
  'operational-certificate': 'an operational certificate',
  'certificate-counter': 'a counter of certificates',
  'kes-signature': 'a KES signature',
};

/**
 * Refuses a path where a file exists, unless `--force` is given and the file is empty or of the kind that is to be
 * written. Refuses symbolic links and everything that is no regular file.
 *
 * @param path - Where something is to be written.
 * @param force - Whether a file of the same kind may be replaced.
 * @param kind - What is to be written.
 */
export function refuseExisting(path: string, force: boolean, kind: FileKind): void {
  const stats = statsOf(path);
  if (stats === undefined) return;
  if (!force) {
    throw new CommandError(
      'usage',
      `${printable(path)}: it exists already: choose another name, or replace it with --force`,
    );
  }
  if (stats.isSymbolicLink()) throw new FileError('symbolic-link', path);
  if (!stats.isFile()) throw new FileError('not-regular', path);
  const words = stats.size === 0 ? undefined : otherKindIn(path, kind);
  if (words === undefined) return;
  throw new CommandError(
    'usage',
    `${printable(path)}: it is ${words}, and --force replaces only ${KIND_IN_WORDS[kind]} here: choose another name`,
  );
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw systemError(path, cause);
  }
}

/** What a file holds, in words; `undefined` when it is of the kind, or is gone. */
function otherKindIn(path: string, kind: FileKind): string | undefined {
  let facts: EnvelopeFacts;
  try {
    facts = inspectEnvelope(path);
  } catch (error) {
    if (error instanceof FileError && error.reason === 'not-found') return undefined;
    if (error instanceof FileError && error.reason === 'too-large')
      return 'larger than anything that kes writes';
    if (error instanceof EnvelopeError) return otherTextIn(path, kind);
    throw error;
  }
  if (facts.kind === kind) return undefined;
  return facts.kind === undefined ? unknownTypeInWords(facts) : KIND_IN_WORDS[facts.kind];
}

function unknownTypeInWords({ type }: EnvelopeFacts): string {
  const what = type.includes('SigningKey') ? 'a signing key' : 'a file of another type';
  return `${what} (${printable(type)})`;
}

/** The same of a file that holds no sound text envelope. */
function otherTextIn(path: string, kind: FileKind): string | undefined {
  const { isObject, namesSigningKey, signature } = lookAt(path);
  if (namesSigningKey) return 'a signing key with something wrong in it';
  if (isObject) return 'JSON that kes cannot read, perhaps a key or a counter';
  return kind === 'kes-signature' && signature ? undefined : 'something that kes did not write';
}

function lookAt(path: string): FirstSight & { readonly signature: boolean } {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    throw systemError(path, cause);
  }
  try {
    return { ...firstSightOf(fd), signature: isSignatureFile(fd) };
  } finally {
    closeSync(fd);
  }
}
