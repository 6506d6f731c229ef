import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.js';
import { readPublic, sourceName, STDIN } from '../files/read-public.js';
import { systemError } from '../files/system-error.js';
import type { Surroundings } from '../surroundings.js';

/** A block is far smaller; a file of many headers, one a line, may be as large, bytes. */
const LARGEST = 268_435_456;

/** A header to verify, and what to call it. */
export interface HeaderSource {
  readonly name: string;
  /** Binary, or hexadecimal text. */
  readonly input: Uint8Array | string;
}

/** The headers of files, of all files in directories, and of standard input, in this order. */
export async function* headerSources(
  surroundings: Surroundings,
  paths: readonly string[],
): AsyncGenerator<HeaderSource> {
  for (const path of paths.flatMap(filesAt)) {
    yield* headersIn(sourceName(path), await readPublic(surroundings, path, LARGEST));
  }
}

function filesAt(path: string): string[] {
  if (path === STDIN) return [path];
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .sort()
      .map((name) => join(path, name))
      .flatMap((inner) => (isOrdinary(inner) ? filesAt(inner) : []));
  } catch (cause) {
    // Of a file or a directory within, its own error says more.
    throw cause instanceof CommandError ? cause : systemError(path, cause);
  }
}

/** A pipe in a directory would be waited for. */
function isOrdinary(path: string): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats !== undefined && (stats.isFile() || stats.isDirectory());
  } catch (cause) {
    throw systemError(path, cause);
  }
}

/** One header in binary, or hexadecimal text with a header a line. */
function* headersIn(name: string, bytes: Uint8Array): Generator<HeaderSource> {
  if (!isText(bytes)) {
    yield { name, input: bytes };
    return;
  }
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
  for (const { line, number } of lines) {
    yield { name: lines.length === 1 ? name : `${name}:${number}`, input: line };
  }
  if (lines.length === 0) yield { name, input: bytes };
}

/** A header begins with the head of an array, which is no character of text. */
function isText(bytes: Uint8Array): boolean {
  const [first] = bytes;
  return first !== undefined && first < 0x80;
}
