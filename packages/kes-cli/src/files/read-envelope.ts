import { EnvelopeError } from '@evolock/cardano-kes';
import type { Surroundings } from '../surroundings.js';
import { readPublic, sourceName, STDIN } from './read-public.js';

/** Far more than such a file has, bytes. */
const LARGEST = 65_536;

/** How something public is read by the library: from its file, and from text. */
export interface Readers<T> {
  readonly read: (path: string) => T;
  readonly parse: (text: Uint8Array) => T;
}

/** Reads something public that has a text envelope, from its file or from standard input. */
export async function readEnvelope<T>(
  surroundings: Surroundings,
  path: string,
  { read, parse }: Readers<T>,
): Promise<T> {
  return path === STDIN ? parseText(path, await readText(surroundings, path), parse) : read(path);
}

/** Reads the text of an envelope that is no signing key. */
export function readText(surroundings: Surroundings, path: string): Promise<Uint8Array> {
  return readPublic(surroundings, path, LARGEST);
}

/** Parses the text of an envelope, and names its source in an error. */
export function parseText<T>(path: string, text: Uint8Array, parse: (text: Uint8Array) => T): T {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof EnvelopeError)) throw cause;
    const { problem, found, offset } = cause;
    throw new EnvelopeError(problem, { path: sourceName(path), found, offset, cause });
  }
}
