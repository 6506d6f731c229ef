import {
  FileError,
  inspectEnvelope,
  readColdSigningKey,
  readKesSigningKey,
  type ColdSigningKeyFile,
  type KesSigningKeyFile,
} from '@evolock/cardano-kes';
import { CommandError } from '../command-error.js';
import { aboutFile } from '../files/about-file.js';
import { KIND_IN_WORDS } from '../files/replaceable.js';
import { printable } from '../printable.js';

/** Reads a KES signing key into locked memory: the caller's to release. */
export function loadKesSigningKey(path: string): KesSigningKeyFile {
  return load(path, 'a KES signing key', readKesSigningKey);
}

/** Reads a cold signing key into locked memory: the caller's to release. */
export function loadColdSigningKey(path: string): ColdSigningKeyFile {
  return load(path, 'a cold signing key', readColdSigningKey);
}

function load<T>(path: string, expected: string, read: (path: string) => T): T {
  try {
    return aboutFile(path, () => read(path));
  } catch (error) {
    const found = isOpen(error) ? publicKindOf(path) : undefined;
    if (found === undefined) throw error;
    throw new CommandError(
      'invalid',
      `${printable(path)}: it is ${found}, and ${expected} is asked for`,
      { cause: error },
    );
  }
}

function isOpen(error: unknown): boolean {
  return error instanceof FileError && error.reason === 'readable-by-others';
}

/** What is public has another mode than a key for that reason. */
function publicKindOf(path: string): string | undefined {
  try {
    const { kind } = inspectEnvelope(path);
    return kind === undefined || kind.includes('signing') ? undefined : KIND_IN_WORDS[kind];
  } catch {
    // What was found first is what is said.
    return undefined;
  }
}
