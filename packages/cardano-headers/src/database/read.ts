/** The headers of files, of directories and of standard input, cut as their bytes arrive. */
import { closeSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { checkOptions } from '@evolock/direct-serialise/arguments';
import { publicStart, type PublicStart } from '../envelope/public-start.js';
import { NotJudgedError, numberOfChunk, partsOfChunk } from './chunk.js';
import { cutOf, HeaderCutter, type Cut } from './cutter.js';
import { filesOf, notRead, sourceOf, STDIN, type Found, type Passed } from './files.js';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What was read together and is judged together, or something that is no header. */
export type HeaderGroup = CutGroup | { readonly passed: Passed };

/** Cuts of one source. */
export interface CutGroup {
  readonly source: string;
  readonly cuts: readonly Cut[];
  /** The number of the chunk of a node that they are of. */
  readonly chunk: number | undefined;
}

/** How headers are read. */
export interface ReadOptions {
  /** Reads a file that is no chunk, or `-`, part by part. The default reads files, and refuses signing keys. */
  readonly parts?: ((path: string | Buffer) => AsyncGenerator<Uint8Array, void, void>) | undefined;
  /**
   * Reads the beginning of an open file, and refuses to copy that of a signing key. The default reads into ordinary memory,
   * which it wipes; `readPublicStart` of cardano-kes reads into locked memory.
   */
  readonly startOf?: ((descriptor: number) => Pick<PublicStart, 'bytes'>) | undefined;
  /** Called with the number of bytes that were read. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** The first chunk to read, when only chunks are read. */
  readonly from?: number | undefined;
  /** Whether the whole blocks are read, for the check of their bodies. */
  readonly bodies?: boolean | undefined;
}

/** The number of the chunk of a group. */
export function chunkOf(group: HeaderGroup): number | undefined {
  return 'passed' in group ? undefined : group.chunk;
}

/** The name of a cut: that of its source, and its place. */
export function nameOfCut(source: string, { line, lastLine, offset = 0 }: Cut): string {
  if (offset > 0) return `${source}@${offset}`;
  const range = line === lastLine ? String(line) : `${line}-${lastLine}`;
  return line === undefined ? source : `${source}:${range}`;
}

/**
 * The groups of paths, in their order. A file that cannot be read is a group. Each chunk has at least one group.
 *
 * @param paths - Files, directories, and `-` for standard input, which needs the option `parts`.
 */
export async function* readHeaders(
  paths: readonly string[],
  options?: ReadOptions,
): AsyncGenerator<HeaderGroup, void, void> {
  const {
    onBytes = () => undefined,
    startOf = startOfFile,
    parts = (path: string | Buffer) => partsOfFile(path, startOf),
    from,
    bodies = false,
  } = checkOptions(options, ['onBytes', 'parts', 'from', 'startOf', 'bodies']);
  const reading = { onBytes, parts, bodies };
  let named: string[] = [];
  for (const path of [...paths, undefined]) {
    if (path !== undefined && path !== STDIN) {
      named.push(path);
      continue;
    }
    for (const found of filesFrom(named, from)) yield* groupsOfFile(found, reading);
    named = [];
    if (path === STDIN) yield* groupsOfSource(path, reading);
  }
}

type StartOf = NonNullable<ReadOptions['startOf']>;

/** The beginning of a file, read into ordinary memory, which is wiped. */
const startOfFile: StartOf = (descriptor) =>
  publicStart(
    (memory) => readSync(descriptor, memory, 0, memory.byteLength, null),
    (size, use) => {
      const memory = new Uint8Array(size);
      try {
        return use(memory);
      } finally {
        memory.fill(0);
      }
    },
  );

type Reading = {
  readonly [Name in 'parts' | 'onBytes' | 'bodies']: NonNullable<ReadOptions[Name]>;
};

async function* groupsOfFile(
  found: Found,
  reading: Reading,
): AsyncGenerator<HeaderGroup, void, void> {
  if ('result' in found) yield { passed: found };
  else if (numberOfChunk(found.path) === undefined || found.size === undefined)
    yield* groupsOfSource(found.path, reading);
  else yield* groupsOfChunk(found.path, reading);
}

/** The files of paths: all of them, or the chunks from a number on. */
function* filesFrom(paths: readonly string[], from: number | undefined): Generator<Found> {
  for (const found of filesOf(paths)) {
    if (from === undefined) yield found;
    else if ('result' in found) {
      // The hole before the first chunk belongs to the run before.
      if ((found.chunk ?? Infinity) > from) yield found;
    } else {
      const chunk = numberOfChunk(found.path);
      if (chunk === undefined) yield { source: found.source, result: 'skipped', reason: NO_CHUNK };
      else if (chunk >= from) yield found;
    }
  }
}

const NO_CHUNK = 'it is no chunk, and this run continues an earlier one';

const SIGNING_KEY =
  'it looks like the file of a signing key, and a public file is needed here: give another file';

async function* groupsOfChunk(
  path: Buffer,
  { onBytes, bodies }: Reading,
): AsyncGenerator<HeaderGroup, void, void> {
  const source = sourceOf(path);
  const chunk = numberOfChunk(path);
  const index = source.replace(/chunk$/, 'secondary');
  const groups = new Groups(source, chunk);
  try {
    // The chunk is there, even when no block is in it.
    yield { source, cuts: [], chunk };
    for await (const { items, size, unfinished = 0, indexProblem } of partsOfChunk(path, bodies)) {
      onBytes(size);
      yield* groups.of(items.map(cutOf));
      if (unfinished > 0) {
        const bytes = unfinished === 1 ? '1 byte' : `${unfinished} bytes`;
        const reason = `its last ${bytes} are the beginning of a block that a node has not finished`;
        yield { passed: { source, result: 'skipped', reason } };
      }
      if (indexProblem !== undefined) {
        const reason = `${indexProblem}: the blocks of the chunk are found without it`;
        yield { passed: { source: index, result: 'index-ignored', reason } };
      }
    }
    yield* groups.end();
  } catch (error) {
    yield* groups.end();
    yield { passed: { ...notRead(source, error), chunk } };
  }
}

/** Cuts as groups. Consecutive blocks of the Byron era are one entry. */
class Groups {
  readonly #source: string;
  readonly #chunk: number | undefined;
  #byron = 0;

  constructor(source: string, chunk: number | undefined) {
    this.#source = source;
    this.#chunk = chunk;
  }

  *of(all: readonly Cut[]): Generator<HeaderGroup> {
    let cuts: Cut[] = [];
    for (const cut of all) {
      if (cut.isByron === true) {
        yield* this.#group(cuts);
        cuts = [];
        this.#byron += 1;
        continue;
      }
      if (cuts.length === 0) yield* this.end();
      cuts.push(cut);
    }
    yield* this.#group(cuts);
  }

  *end(): Generator<HeaderGroup> {
    const count = this.#byron;
    if (count === 0) return;
    this.#byron = 0;
    const reason = `${count === 1 ? '1 block' : `${count} blocks`} of the Byron era, which has no KES`;
    const passed = { source: this.#source, result: 'byron', reason, count } as const;
    yield { passed: { ...passed, chunk: this.#chunk } };
  }

  *#group(cuts: readonly Cut[]): Generator<HeaderGroup> {
    if (cuts.length > 0) yield { source: this.#source, cuts, chunk: this.#chunk };
  }
}

async function* groupsOfSource(
  path: string | Buffer,
  { onBytes, parts }: Reading,
): AsyncGenerator<HeaderGroup, void, void> {
  const source = sourceOf(path);
  const cutter = new HeaderCutter();
  const groups = new Groups(source, undefined);
  try {
    for await (const part of unpacked(counting(parts(path), onBytes))) {
      yield* groups.of([...cutter.add(Buffer.from(part.buffer, part.byteOffset, part.byteLength))]);
      if (cutter.isDone) break;
    }
    yield* groups.of([...cutter.end()]);
    yield* groups.end();
  } catch (error) {
    yield* groups.end();
    yield { passed: notRead(source, error) };
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

const STEP = 65_536;

const readFrom = promisify(read);

/** A file part by part. A signing key is refused before any of its bytes are in ordinary memory. */
async function* partsOfFile(
  path: string | Buffer,
  startOf: StartOf,
): AsyncGenerator<Uint8Array, void, void> {
  const fd = openSync(path, 'r');
  try {
    const { bytes } = startOf(fd);
    if (bytes === undefined) throw new NotJudgedError(SIGNING_KEY);
    for (let part = bytes; part.byteLength > 0;) {
      yield part;
      const memory = new Uint8Array(STEP);
      const { bytesRead } = await readFrom(fd, memory, 0, STEP, null);
      part = memory.subarray(0, bytesRead);
    }
  } finally {
    closeSync(fd);
  }
}

const MAGIC = Buffer.of(0x1f, 0x8b);

/** The largest accepted size of unpacked bytes of a file, above that of any chunk of a node: 4 GiB. */
export const MOST_UNPACKED = 4_294_967_296;

/**
 * The bytes of a source, unpacked if they are gzip, up to a size: a small file can unpack to terabytes. The memory in use does
 * not grow with it.
 */
export async function* unpacked(
  parts: AsyncGenerator<Uint8Array, void, void>,
  most: number = MOST_UNPACKED,
): AsyncGenerator<Uint8Array, void, void> {
  const first = await firstTwo(parts);
  if (!first.subarray(0, MAGIC.byteLength).equals(MAGIC)) yield* followed(first, parts);
  else yield* gunzipped(followed(first, parts), most);
}

/** The first parts, joined: at least two bytes, unless there are fewer. */
async function firstTwo(parts: AsyncGenerator<Uint8Array, void, void>): Promise<Buffer> {
  let first = Buffer.alloc(0);
  while (first.byteLength < MAGIC.byteLength) {
    const next = await parts.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return first;
}

async function* followed(
  first: Buffer,
  parts: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (first.byteLength > 0) yield first;
    yield* parts;
  } finally {
    await parts.return();
  }
}

async function* gunzipped(
  parts: AsyncGenerator<Uint8Array, void, void>,
  most: number,
): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  // The iteration throws the error. The callback is only there because `pipeline` needs one.
  const stream = pipeline(parts, createGunzip({ chunkSize: STEP }), () => undefined);
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.byteLength;
      if (size > most) throw new NotJudgedError(`it unpacks to more than ${most} bytes`);
      yield part;
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') !== true) throw cause;
    const problem = code === 'Z_BUF_ERROR' ? 'ends too early' : 'is damaged';
    throw new NotJudgedError(`its gzip data ${problem}`, { cause });
  }
}
