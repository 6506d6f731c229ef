/** The headers of files, of directories and of standard input, cut apart as their bytes come. */
import { publicParts, sourceName, STDIN } from '../files/read-public.js';
import { CommandError } from '../command-error.js';
import type { Surroundings } from '../surroundings.js';
import { HeaderCutter, type Cut } from './header-cutter.js';
import { filesOf, reasonOf, type Passed } from './header-files.js';

/** Bytes to judge, or something that is not read. */
export type Entry = Passed | ({ readonly name: string } & Pick<Cut, 'bytes' | 'lines' | 'problem'>);

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
    if (path === STDIN) yield* entriesOfSource(surroundings, path, onBytes);
    else
      for (const found of filesOf([path]))
        if ('result' in found) yield found;
        else yield* entriesOfSource(surroundings, found.path, onBytes);
  }
}

async function* entriesOfSource(
  surroundings: Surroundings,
  path: string | Buffer,
  onBytes: (count: number) => void,
): AsyncGenerator<Entry, void, void> {
  const name = sourceName(path);
  const cutter = new HeaderCutter();
  try {
    for await (const part of publicParts(surroundings, path)) {
      onBytes(part.byteLength);
      yield* entriesFrom(
        name,
        cutter.add(Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
      );
      if (cutter.isDone) break;
    }
    yield* entriesFrom(name, cutter.end());
  } catch (error) {
    yield notRead(name, error);
  }
}

function* entriesFrom(name: string, cuts: Iterable<Cut>): Generator<Entry, void, void> {
  for (const { line, lastLine, ...cut } of cuts) {
    const range = line === lastLine ? String(line) : `${line}-${lastLine}`;
    yield { name: line === undefined ? name : `${name}:${range}`, ...cut };
  }
}

/** What the command itself refuses names the file as well. */
function notRead(name: string, error: unknown): Passed {
  const isOurs = error instanceof CommandError;
  if (!isOurs && (error as NodeJS.ErrnoException).code === undefined) throw error;
  const reason = isOurs ? error.message.replace(`${name}: `, '') : reasonOf(error);
  return { name, result: 'not-read', reason };
}
