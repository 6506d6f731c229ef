import { closeSync, constants, openSync } from 'node:fs';
import {
  EnvelopeError,
  FileError,
  firstSightOf,
  inspectEnvelope,
  type EnvelopeFacts,
  type EnvelopeKind,
  type FirstSight,
} from '@evolock/cardano-kes';
import { printable } from '../printable.js';
import { systemError } from './system-error.js';

/**
 * What stands at a path that `--force` is not meant for, in words: what nobody can make again, and whatever may be that.
 *
 * @param path - Where something is to go.
 * @param kind - What is to go there, if it is a key: it may replace its like.
 * @returns Nothing when what is there may be replaced, or is gone.
 * @throws {@link FileError} for links, what is no regular file, and what cannot be looked at.
 */
export function irreplaceableIn(path: string, kind?: EnvelopeKind): string | undefined {
  let facts: EnvelopeFacts;
  try {
    facts = inspectEnvelope(path);
  } catch (error) {
    if (error instanceof FileError && error.reason === 'not-found') return undefined;
    // Anything kes writes is small; what is large is somebody else's.
    if (error instanceof FileError && error.reason === 'too-large')
      return 'larger than anything that kes writes';
    if (error instanceof EnvelopeError) return unreadableIn(path);
    throw error;
  }
  return facts.kind === kind && kind !== undefined ? undefined : wordsOf(facts);
}

/** Keys of kinds that kes does not know are keys all the same. */
function wordsOf({ kind, type }: EnvelopeFacts): string | undefined {
  if (kind === 'kes-signing-key') return 'a KES signing key';
  if (kind === 'cold-signing-key') return 'a cold signing key';
  if (kind === 'certificate-counter') return 'a counter of certificates';
  return type.includes('SigningKey') ? `a signing key (${printable(type)})` : undefined;
}

/** A key or a counter with something wrong in it may still be the only one. */
function unreadableIn(path: string): string | undefined {
  const { isObject, namesSigningKey } = lookAt(path);
  if (namesSigningKey) return 'a signing key with something wrong in it';
  return isObject ? 'JSON that kes cannot read, perhaps a key or a counter' : undefined;
}

function lookAt(path: string): FirstSight {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    throw systemError(path, cause);
  }
  try {
    return firstSightOf(fd);
  } finally {
    closeSync(fd);
  }
}
