/** Unpacks gzip while it is read. */
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { NotJudgedError } from './files.js';

const MAGIC = Buffer.of(0x1f, 0x8b);

/** The largest accepted size of unpacked bytes of a file, above that of any chunk of a node: 4 GiB. */
export const MOST_UNPACKED = 4_294_967_296;

/**
 * The bytes of a source, unpacked if they are gzip. The memory in use does not grow with the size.
 *
 * @param parts - The bytes as they are read.
 * @param most - Bytes. A small file can unpack to terabytes.
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

/** Bytes a part. */
const STEP = 65_536;
