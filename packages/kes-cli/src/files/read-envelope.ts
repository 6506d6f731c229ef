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
  if (path !== STDIN) return read(path);
  const text = await readPublic(surroundings, path, LARGEST);
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof EnvelopeError)) throw cause;
    const { problem, found, offset } = cause;
    throw new EnvelopeError(problem, { path: sourceName(path), found, offset, cause });
  }
}
