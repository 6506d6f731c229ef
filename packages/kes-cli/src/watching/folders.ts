/** The certificates of paths. Of a folder these are the files with the name of a certificate. No other file is opened. */
import { readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { systemError } from '../cli/system-error.js';
import { printable, sourceName, STDIN } from '../cli/text.js';
import type { NotFound, Watched } from './finding.js';

/** The names of certificates in folders. */
const CERTIFICATE_NAME = /\.(?:cert|opcert)$/;

/** A path, and why it cannot be read if that is known. */
interface Place {
  readonly path: string;
  readonly error?: unknown;
}

/** The certificates of files and of folders with all folders below them, each once. */
export function certificatesAt(paths: readonly string[]): (Watched | NotFound)[] {
  const places = new Map<string, Place>();
  for (const path of paths) {
    const isFolder = path !== STDIN && statsOf(path)?.isDirectory() === true;
    for (const place of isFolder ? placesIn(path) : [{ path }]) places.set(place.path, place);
  }
  return [...places.values()].map(named);
}

function named({ path, error }: Place): Watched | NotFound {
  const name = sourceName(path);
  const names = { name, source: name };
  return error === undefined ? { ...names, origin: { cert: path } } : { ...names, error };
}

/** `undefined` when the path leads nowhere. Reading it reports why. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function placesIn(folder: string): Place[] {
  const places = [...placesBelow(folder)];
  if (places.length > 0) return places;
  const words = `${printable(folder)}: no file in it is named *.cert or *.opcert: name the files`;
  return [{ path: folder, error: new CommandError('environment', words) }];
}

function* placesBelow(folder: string): Generator<Place> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    yield { path: folder, error: systemError(folder, cause) };
    return;
  }
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // A link to a folder is not followed: it may lead back.
    if (entry.isDirectory()) yield* placesBelow(path);
    else if (CERTIFICATE_NAME.test(entry.name)) yield placeAt(path);
  }
}

function placeAt(path: string): Place {
  // Reading a pipe would wait for its writer.
  const isRegular = statsOf(path)?.isFile() ?? true;
  return isRegular ? { path } : { path, error: new FileError('not-regular', path) };
}
