/** The headers of files, of directories and of standard input, cut apart as their bytes come. */
import { closeSync, openSync, readSync } from 'node:fs';
import { sourceName, STDIN, takeStdin } from '../files/read-public.js';
import { CommandError } from '../command-error.js';
import { refuseKey } from '../files/refuse-key.js';
import type { Surroundings } from '../surroundings.js';
import { HeaderCutter, type Cut } from './header-cutter.js';
import { filesOf, reasonOf, type Passed } from './header-files.js';

/** Bytes to judge, or something that is not read. */
export type Entry =
  Passed | { readonly name: string; readonly bytes: Uint8Array; readonly lines: number };

const STEP = 65_536;

/**
 * The entries of paths, in this order. What cannot be read is one entry.
 *
 * @param surroundings - Where standard input is.
 * @param paths - Files, directories, and `-` for standard input.
 * @param onBytes - Called with the number of bytes that were read.
 */
export async function* entriesOf(
  surroundings: Surroundings,
  paths: readonly string[],
  onBytes: (count: number) => void,
): AsyncGenerator<Entry, void, void> {
  for (const path of paths) {
    if (path === STDIN) yield* entriesOfStdin(surroundings, onBytes);
    else
      for (const found of filesOf([path]))
        if ('result' in found) yield found;
        else yield* entriesOfFile(found.name, found.path, onBytes);
  }
}

async function* entriesOfStdin(
  surroundings: Surroundings,
  onBytes: (count: number) => void,
): AsyncGenerator<Entry, void, void> {
  const name = sourceName(STDIN);
  const cutter = new HeaderCutter();
  const stdin = takeStdin(surroundings);
  try {
    for await (const part of stdin) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      onBytes(bytes.byteLength);
      yield* entriesFrom(name, cutter.add(bytes));
      if (cutter.isDone) break;
    }
  } catch (error) {
    yield notRead(name, error);
    return;
  }
  yield* entriesFrom(name, cutter.end());
}

function* entriesOfFile(
  name: string,
  path: Buffer,
  onBytes: (count: number) => void,
): Generator<Entry, void, void> {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    refuseKey(name, fd);
    const cutter = new HeaderCutter();
    const part = Buffer.alloc(STEP);
    for (let got = readSync(fd, part); got > 0 && !cutter.isDone; got = readSync(fd, part)) {
      onBytes(got);
      yield* entriesFrom(name, cutter.add(part.subarray(0, got)));
    }
    yield* entriesFrom(name, cutter.end());
  } catch (error) {
    yield notRead(name, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function* entriesFrom(name: string, cuts: Iterable<Cut>): Generator<Entry, void, void> {
  for (const { bytes, line, lastLine, lines } of cuts) {
    const range = line === lastLine ? String(line) : `${line}-${lastLine}`;
    yield { name: line === undefined ? name : `${name}:${range}`, bytes, lines };
  }
}

/** What the command itself refuses names the file as well. */
function notRead(name: string, error: unknown): Passed {
  const isOurs = error instanceof CommandError;
  if (!isOurs && (error as NodeJS.ErrnoException).code === undefined) throw error;
  const reason = isOurs ? error.message.replace(`${name}: `, '') : reasonOf(error);
  return { name, result: 'not-read', reason };
}
