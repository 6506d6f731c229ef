import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sum6Kes } from '@evolock/kes-sum';
import { CommandError } from '../command-error.js';
import { readPublic, sourceName, STDIN } from '../files/read-public.js';
import { systemError } from '../files/system-error.js';
import type { Surroundings } from '../surroundings.js';

/** A block is far smaller; a file of many headers, one a line, may be as large, bytes. */
const LARGEST = 268_435_456;

/** The byte order mark in UTF-8. */
const MARK = [0xef, 0xbb, 0xbf];

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
      .filter((name) => !name.startsWith('.'))
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
  const content = withoutMark(bytes);
  if (!isText(content)) {
    yield { name, input: content };
    return;
  }
  const lines = Buffer.from(content)
    .toString('latin1')
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
  const texts = lines.map(({ line }) => line);
  if (texts.length <= 1 || isFolded(texts)) {
    yield { name, input: texts.join('') };
    return;
  }
  for (const { line, number } of lines) yield { name: `${name}:${number}`, input: line };
}

/** Some editors put a byte order mark before a text; no header begins with one. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return MARK.every((byte, index) => bytes[index] === byte) ? bytes.subarray(MARK.length) : bytes;
}

/** The signature alone takes that many hexadecimal digits: a shorter line is no header. */
const FEWEST_DIGITS = 2 * sum6Kes.signatureSize;

/** Whether lines are one header, as `xxd -p` prints it: each of the same length but the last, and too short for one. */
function isFolded(lines: readonly string[]): boolean {
  const [first = ''] = lines;
  return (
    first.length < FEWEST_DIGITS &&
    lines.slice(0, -1).every((line) => line.length === first.length) &&
    (lines.at(-1) ?? '').length <= first.length &&
    lines.every((line) => /^[0-9a-fA-F]+$/.test(line))
  );
}

/** A header begins with the head of an array, which is no character of text. */
function isText(bytes: Uint8Array): boolean {
  const [first] = bytes;
  return first === undefined || first < 0x80;
}
