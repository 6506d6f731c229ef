/** The headers of files, of directories and of standard input, cut as their bytes arrive. */
import type { Session } from '../cli/session.js';
import { sourceName, STDIN } from '../cli/text.js';
import { publicParts } from '../files/read.js';
import { HeaderCutter, type Cut } from './cutter.js';
import { filesOf, notRead, type Passed } from './files.js';

/** Bytes to judge, or something that is not read. */
export type Entry = Passed | ({ readonly name: string } & Pick<Cut, 'bytes' | 'lines' | 'problem'>);

/**
 * The entries of paths, in their order. A file that cannot be read is one entry.
 *
 * @param session - Gives standard input.
 * @param paths - Files, directories, and `-` for standard input.
 * @param onBytes - Called with the number of bytes of each read.
 */
export async function* entriesOf(
  session: Session,
  paths: readonly string[],
  onBytes: (count: number) => void,
): AsyncGenerator<Entry, void, void> {
  for (const path of paths) {
    if (path === STDIN) yield* entriesOfSource(session, path, onBytes);
    else
      for (const found of filesOf([path]))
        if ('result' in found) yield found;
        else yield* entriesOfSource(session, found.path, onBytes);
  }
}

async function* entriesOfSource(
  session: Session,
  path: string | Buffer,
  onBytes: (count: number) => void,
): AsyncGenerator<Entry, void, void> {
  const name = sourceName(path);
  const cutter = new HeaderCutter();
  try {
    for await (const part of publicParts(session, path)) {
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
