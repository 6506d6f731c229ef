/** The headers of files, of directories and of standard input, cut as their bytes arrive. */
import { closeSync, openSync } from 'node:fs';
import { readPublicStart } from '@evolock/cardano-kes';
import type { Session } from '../../cli/session.js';
import { counted, sourceName, STDIN } from '../../cli/text.js';
import { publicParts } from '../../files/read.js';
import { numberOfChunk, partsOfChunk } from './chunk.js';
import { HeaderCutter, type Cut } from './cutter.js';
import { filesOf, notRead, type Found, type Passed } from './files.js';
import { unpacked } from './gzip.js';

/** What was read together and is judged together, or something that is not read. */
export type Group = CutGroup | { readonly passed: Passed };

/** Cuts of one source. */
export interface CutGroup {
  readonly source: string;
  readonly cuts: readonly Cut[];
  /** The number of the chunk of a node that they are of. */
  readonly chunk: number | undefined;
}

/** The number of the chunk of a group. */
export function chunkOf(group: Group): number | undefined {
  return 'passed' in group ? undefined : group.chunk;
}

/** The name of a cut: that of its source, and its place. */
export function nameOfCut(source: string, { line, lastLine, offset = 0 }: Cut): string {
  if (offset > 0) return `${source}@${offset}`;
  const range = line === lastLine ? String(line) : `${line}-${lastLine}`;
  return line === undefined ? source : `${source}:${range}`;
}

/**
 * The groups of paths, in their order. A file that cannot be read is a group.
 *
 * @param session - Gives standard input.
 * @param paths - Files, directories, and `-` for standard input.
 * @param onBytes - Called with the number of bytes that were read.
 * @param from - The first chunk to read, when only chunks are read.
 */
export async function* groupsOf(
  session: Session,
  paths: readonly string[],
  onBytes: (count: number) => void,
  from?: number,
): AsyncGenerator<Group, void, void> {
  for (const path of paths) {
    if (path === STDIN) yield* groupsOfSource(session, path, onBytes);
    else
      for (const found of filesFrom(path, from))
        if ('result' in found) yield alone(found);
        else if (isReadAsChunk(found.path)) yield* groupsOfChunk(found.path, onBytes);
        else yield* groupsOfSource(session, found.path, onBytes);
  }
}

/** The files of a path: all of them, or the chunks from a number on. */
function* filesFrom(path: string, from: number | undefined): Generator<Found> {
  for (const found of filesOf([path])) {
    const chunk = 'result' in found ? undefined : numberOfChunk(found.path);
    if (from === undefined || 'result' in found || (chunk ?? -1) >= from) yield found;
    else if (chunk === undefined)
      yield {
        name: found.name,
        result: 'skipped',
        reason: 'it is no chunk, and --resume is given',
      };
  }
}

/** Whether a file has the name of a chunk and begins with a block. Any other file is read as files are. */
function isReadAsChunk(path: Buffer): boolean {
  if (numberOfChunk(path) === undefined) return false;
  try {
    const fd = openSync(path, 'r');
    try {
      const { bytes } = readPublicStart(fd);
      return bytes !== undefined && (bytes.byteLength === 0 || bytes[0] === PAIR);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The other way names the error.
    return false;
  }
}

/** The head of a block with its era: an array of two. */
const PAIR = 0x82;

async function* groupsOfChunk(
  path: Buffer,
  onBytes: (count: number) => void,
): AsyncGenerator<Group, void, void> {
  const name = sourceName(path);
  const chunk = numberOfChunk(path);
  let byron = 0;
  try {
    for await (const part of partsOfChunk(path)) {
      onBytes(part.size);
      byron += part.byron;
      if (part.cuts.length > 0) yield { source: name, cuts: part.cuts, chunk };
      if (part.unfinished > 0) yield alone(unfinished(name, part.unfinished));
    }
  } catch (error) {
    yield alone(notRead(name, error));
  }
  if (byron > 0) yield alone({ ...ofByron(name, byron), chunk });
}

function unfinished(name: string, bytes: number): Passed {
  const reason = `its last ${counted(bytes, 'byte')} are the beginning of a block that a node has not finished`;
  return { name, result: 'skipped', reason };
}

function ofByron(name: string, blocks: number): Passed {
  const reason = `${counted(blocks, 'block')} of the Byron era, which has no KES`;
  return { name, result: 'byron', reason, blocks };
}

async function* groupsOfSource(
  session: Session,
  path: string | Buffer,
  onBytes: (count: number) => void,
): AsyncGenerator<Group, void, void> {
  const name = sourceName(path);
  const cutter = new HeaderCutter();
  try {
    for await (const part of unpacked(name, counting(publicParts(session, path), onBytes))) {
      const cuts = [...cutter.add(Buffer.from(part.buffer, part.byteOffset, part.byteLength))];
      if (cuts.length > 0) yield { source: name, cuts, chunk: undefined };
      if (cutter.isDone) break;
    }
    const cuts = [...cutter.end()];
    if (cuts.length > 0) yield { source: name, cuts, chunk: undefined };
  } catch (error) {
    yield alone(notRead(name, error));
  }
}

async function* counting(
  parts: AsyncGenerator<Uint8Array, void, void>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const part of parts) {
    onBytes(part.byteLength);
    yield part;
  }
}

function alone(passed: Passed): Group {
  return { passed };
}
