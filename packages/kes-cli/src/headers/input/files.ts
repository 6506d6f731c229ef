/** The files of paths and directories. Names in directories are bytes, which may not be UTF-8. */
import { lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { CommandError } from '../../cli/errors.js';
import { systemError } from '../../cli/system-error.js';
import { nameInWords, STDIN } from '../../cli/text.js';
import { isIndexOfChunk } from './chunk.js';

/** A file, or something that is not read. */
export type Found =
  | {
      readonly name: string;
      readonly path: Buffer;
      /** Bytes; `undefined` for a pipe or a device. */
      readonly size: number | undefined;
    }
  | Passed;

/** A path that is not read, and why. */
export interface Passed {
  readonly name: string;
  /**
   * `skipped`: a hidden entry, or a block that a node has not finished. `byron`: blocks without KES. `not-read`: a file that
   * should be read and cannot be.
   */
  readonly result: 'skipped' | 'byron' | 'not-read';
  readonly reason: string;
  /** The number of blocks of the Byron era. */
  readonly blocks?: number;
  /** The number of the chunk of these blocks. */
  readonly chunk?: number | undefined;
}

/** The files of paths and of all directories below them, sorted by bytes. */
export function* filesOf(paths: readonly string[]): Generator<Found> {
  for (const path of paths)
    if (path !== STDIN) yield* filesAt(Buffer.from(path), { named: true, within: [] });
}

interface Place {
  /** Whether the user named it, rather than its directory. */
  readonly named: boolean;
  /** The directories above it. A link to one of them is a loop. */
  readonly within: readonly Stats[];
}

function* filesAt(path: Buffer, { named, within }: Place): Generator<Found> {
  const name = nameInWords(path);
  let entries: string[];
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) {
      // Reading a pipe would wait for its writer.
      if (!named && !stats.isFile())
        yield { name, result: 'not-read', reason: 'it is not a regular file' };
      else yield { name, path, size: stats.isFile() ? stats.size : undefined };
      return;
    }
    if (within.some(({ dev, ino }) => dev === stats.dev && ino === stats.ino)) {
      yield { name, result: 'not-read', reason: 'it leads to a directory that contains it' };
      return;
    }
    within = [...within, stats];
    // One character a byte: it sorts by bytes, and needs less memory than a buffer for each name.
    entries = readdirSync(path, 'latin1').sort();
  } catch (error) {
    yield { name, result: 'not-read', reason: whyNotRead(path, error) };
    return;
  }
  const names = new Set(entries);
  for (const entry of entries) {
    // The index of a chunk is read with the chunk.
    if (isIndexOfChunk(entry, names)) continue;
    const inner = Buffer.concat([path, SLASH, Buffer.from(entry, 'latin1')]);
    if (entry.startsWith('.'))
      yield { name: nameInWords(inner), result: 'skipped', reason: 'it is hidden' };
    else yield* filesAt(inner, { named: false, within });
  }
}

const SLASH = Buffer.from('/');

function whyNotRead(path: Buffer, error: unknown): string {
  // `lstat` finds a link whose target does not exist.
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const isLink = isMissing && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return isLink ? 'it is a symbolic link to a file that does not exist' : reasonOf(error);
}

/** The words of a system error, without the name. */
function reasonOf(error: unknown): string {
  return systemError('', error).message.replace(/^: /, '');
}

/** A source that cannot be read. The message of a `CommandError` begins with the name, which goes. */
export function notRead(name: string, error: unknown): Passed {
  const isOurs = error instanceof CommandError;
  if (!isOurs && (error as NodeJS.ErrnoException).code === undefined) throw error;
  const reason = isOurs ? error.message.replace(`${name}: `, '') : reasonOf(error);
  return { name, result: 'not-read', reason };
}
