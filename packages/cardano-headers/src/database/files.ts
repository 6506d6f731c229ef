/** The files of paths and directories. Names in directories are bytes, which may not be UTF-8. */
import { lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { systemWords } from '@evolock/direct-serialise/system-words';
import { isIndexOfChunk, NotJudgedError, numberOfChunk, numberOfName } from './chunk.js';

/** A file, or something that is not read. */
export type Found =
  | {
      readonly source: string;
      readonly path: Buffer;
      /** Bytes; `undefined` for a pipe or a device. */
      readonly size: number | undefined;
    }
  | Passed;

/** Something of the input that is no header, and why. */
export interface Passed {
  /** A path. Bytes that are not UTF-8 are escaped. */
  readonly source: string;
  /**
   * `skipped`: a hidden entry, or a block that a node has not finished. `byron`: blocks without KES. `not-read`: the system
   * refuses to read the file. `unusable`: the file was read and cannot be judged. `missing`: chunks between two others.
   * `index-ignored`: the index of a chunk contradicts it, so the chunk is read without.
   */
  readonly result: 'skipped' | 'byron' | 'not-read' | 'unusable' | 'missing' | 'index-ignored';
  readonly reason: string;
  /** The number of blocks of the Byron era, or of missing chunks; 1 when absent. */
  readonly count?: number;
  /** The number of the chunk of these blocks, or of the chunk after the missing ones. */
  readonly chunk?: number | undefined;
  /** Whether the missing chunks are between two paths that were named, rather than within a directory. */
  readonly isNamed?: boolean;
}

/** The path that means standard input. */
export const STDIN = '-';

/**
 * The files of paths and of all directories below them, sorted by bytes. Chunks that are missing between two others are
 * entries too.
 */
export function* filesOf(paths: readonly string[]): Generator<Found> {
  let last: number | undefined;
  for (const path of paths) {
    if (path === STDIN) continue;
    let isFirst = true;
    for (const found of filesAt(Buffer.from(path), { named: true, within: [] })) {
      const chunk = 'result' in found ? undefined : numberOfChunk(found.path);
      if (isFirst && isAfterHole(chunk, last))
        yield { ...missing(path, last, chunk), isNamed: true };
      isFirst &&= chunk === undefined;
      last = chunk ?? last;
      yield found;
    }
  }
}

function isAfterHole(chunk: number | undefined, last: number | undefined): chunk is number {
  return chunk !== undefined && last !== undefined && chunk > last + 1;
}

function missing(source: string, last: number | undefined, chunk: number): Passed {
  const first = (last ?? 0) + 1;
  const name = (number: number) => String(number).padStart(5, '0');
  const range = first === chunk - 1 ? name(first) : `${name(first)} to ${name(chunk - 1)}`;
  const noun = first === chunk - 1 ? 'chunk' : 'chunks';
  const reason = `${noun} ${range}: a hole in the chain between ${name(first - 1)} and ${name(chunk)}`;
  return { source, result: 'missing', reason, count: chunk - first, chunk };
}

interface Place {
  /** Whether the user named it, rather than its directory. */
  readonly named: boolean;
  /** The directories above it. A link to one of them is a loop. */
  readonly within: readonly Stats[];
}

function* filesAt(path: Buffer, { named, within }: Place): Generator<Found> {
  const source = sourceOf(path);
  let entries: string[];
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) {
      // Reading a pipe would wait for its writer.
      if (!named && !stats.isFile())
        yield { source, result: 'not-read', reason: 'it is not a regular file' };
      else yield { source, path, size: stats.isFile() ? stats.size : undefined };
      return;
    }
    if (within.some(({ dev, ino }) => dev === stats.dev && ino === stats.ino)) {
      yield { source, result: 'not-read', reason: 'it leads to a directory that contains it' };
      return;
    }
    within = [...within, stats];
    // One character a byte: it sorts by bytes, and needs less memory than a buffer for each name.
    entries = readdirSync(path, 'latin1').sort();
  } catch (error) {
    yield { source, result: 'not-read', reason: whyNotRead(path, error) };
    return;
  }
  const names = new Set(entries);
  let last: number | undefined;
  for (const entry of entries) {
    // The index of a chunk is read with the chunk.
    if (isIndexOfChunk(entry, names)) continue;
    const inner = Buffer.concat([path, SLASH, Buffer.from(entry, 'latin1')]);
    const number = numberOfName(entry);
    const chunk = number === undefined || isDirectory(inner) ? undefined : number;
    if (isAfterHole(chunk, last)) yield missing(source, last, chunk);
    last = chunk ?? last;
    if (entry.startsWith('.'))
      yield { source: sourceOf(inner), result: 'skipped', reason: 'it is hidden' };
    else yield* filesAt(inner, { named: false, within });
  }
}

const SLASH = Buffer.from('/');

/** A directory with the name of a chunk is no chunk. */
function isDirectory(path: Buffer): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // The reading of the file states why it cannot be read.
    return false;
  }
}

/** The name of a source. Bytes that are not UTF-8 are escaped. */
export function sourceOf(path: string | Buffer): string {
  if (path === STDIN) return 'standard input';
  if (typeof path === 'string') return path;
  const text = path.toString('utf8');
  if (Buffer.from(text).equals(path)) return text;
  return path
    .toString('latin1')
    .replaceAll(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function whyNotRead(path: Buffer, error: unknown): string {
  // `lstat` finds a link whose target does not exist.
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const isLink = isMissing && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return isLink ? 'it is a symbolic link to a file that does not exist' : systemWords(error);
}

/** A source that cannot be read or judged. The message may begin with its name. Throws any other error again. */
export function notRead(source: string, error: unknown): Passed {
  if (error instanceof NotJudgedError) return { source, result: 'unusable', reason: error.message };
  const { cause, message } = error as Error;
  const fromSystem = [error, cause].find(isOfSystem);
  if (fromSystem !== undefined)
    return { source, result: 'not-read', reason: systemWords(fromSystem) };
  if ((error as { readonly code?: unknown }).code === undefined) throw error;
  const reason = message.startsWith(`${source}: `) ? message.slice(source.length + 2) : message;
  return { source, result: 'unusable', reason };
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}
