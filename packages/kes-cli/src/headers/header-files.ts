/** The files that paths lead to. Names in directories are bytes: they need not be UTF-8. */
import { lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { STDIN } from '../files/read-public.js';
import { systemError } from '../files/system-error.js';
import { nameInWords } from '../printable.js';

/** A file, or something that is not read. */
export type Found =
  | {
      readonly name: string;
      readonly path: Buffer;
      /** In bytes; `undefined` for a pipe or a device. */
      readonly size: number | undefined;
    }
  | Passed;

/** What is not read, and why. */
export interface Passed {
  readonly name: string;
  /** `skipped` by the rule that hidden entries are; `not-read` for what should have been read. */
  readonly result: 'skipped' | 'not-read';
  readonly reason: string;
}

/** The files of paths and of all directories below them, in the order of their bytes. */
export function* filesOf(paths: readonly string[]): Generator<Found> {
  for (const path of paths)
    if (path !== STDIN) yield* filesAt(Buffer.from(path), { named: true, within: [] });
}

interface Place {
  /** Whether the user named it; if not, it stands in a directory. */
  readonly named: boolean;
  /** The directories above it. A link to one of them would be followed for ever. */
  readonly within: readonly Stats[];
}

function* filesAt(path: Buffer, { named, within }: Place): Generator<Found> {
  const name = nameInWords(path);
  let entries: string[];
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) {
      // A pipe in a directory would be waited for.
      if (!named && !stats.isFile())
        yield { name, result: 'not-read', reason: 'it is no regular file' };
      else yield { name, path, size: stats.isFile() ? stats.size : undefined };
      return;
    }
    if (within.some(({ dev, ino }) => dev === stats.dev && ino === stats.ino)) {
      yield { name, result: 'not-read', reason: 'it leads to a directory that contains it' };
      return;
    }
    within = [...within, stats];
    // One character a byte, which sorts by bytes and takes less memory than a buffer for each name.
    entries = readdirSync(path, 'latin1').sort();
  } catch (error) {
    yield { name, result: 'not-read', reason: whyNotRead(path, error) };
    return;
  }
  for (const entry of entries) {
    const inner = Buffer.concat([path, SLASH, Buffer.from(entry, 'latin1')]);
    if (entry.startsWith('.'))
      yield { name: nameInWords(inner), result: 'skipped', reason: 'it is hidden' };
    else yield* filesAt(inner, { named: false, within });
  }
}

const SLASH = Buffer.from('/');

function whyNotRead(path: Buffer, error: unknown): string {
  // A path that does not exist has no status of its own; a link that leads nowhere has.
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const isLink = isMissing && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return isLink ? 'it is a symbolic link that leads nowhere' : reasonOf(error);
}

/** What the system says, without the name, which stands beside it. */
export function reasonOf(error: unknown): string {
  return systemError('', error).message.replace(/^: /, '');
}
