/**
 * Compressed files of a log: which form one has, what is in it, and the command that unpacks it. The sealer, which needs one at
 * a start only, has the content of one file in memory. The verifier reads pieces. Both stop at a size: a file of a few megabytes
 * can unpack to all the memory or all the time that there is.
 */
import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { readFully } from './log-file.js';

/** The most bytes of a file that a sealer unpacks. */
export const MOST_UNPACKED = 1 << 29;

/** The most bytes of a file that a verifier unpacks. */
export const MOST_STREAMED = 2 ** 36;

/** The forms of compressed files. Another form of the list of names has no command here. */
export type PackedForm = 'gz' | 'zst' | 'xz' | 'bz2' | 'lz4' | 'other';

/** Names of compressed files. */
const PACKED = /\.(gz|bz2|xz|lzma|zst|lz4|lzo|br|zip|7z|z)$/i;

/** How files of a form begin, and the command that unpacks them beside themselves. */
const FORMS: Readonly<
  Partial<Record<string, { readonly begin: string; readonly command: string }>>
> = {
  gz: { begin: '1f8b', command: 'gunzip -k' },
  zst: { begin: '28b52ffd', command: 'zstd -dk' },
  xz: { begin: 'fd377a585a00', command: 'unxz -k' },
  bz2: { begin: '425a68', command: 'bunzip2 -k' },
  lz4: { begin: '04224d18', command: 'lz4 -dkm' },
};

/** Bytes that show the form of a file. */
export const FORM_BYTES = 8;

/** What later versions of Node.js have. */
interface Zstandard {
  readonly zstdDecompressSync?: typeof zlib.gunzipSync;
  readonly createZstdDecompress?: () => Transform;
}

const zstandard = { ...zlib } as Zstandard;

/** The name that a file has when it is unpacked; the same for one that is not compressed. */
export function unpackedName(path: string): string {
  return path.replace(PACKED, '');
}

/** The form of a compressed file, by its name: entries are any bytes, and can look like anything. */
export function formOfName(path: string): PackedForm | undefined {
  const [, ending] = PACKED.exec(path) ?? [];
  if (ending === undefined) return undefined;
  const form = ending.toLowerCase();
  return form in FORMS ? (form as PackedForm) : 'other';
}

/** The form of a file that begins with some bytes, by its name too. Returns `undefined` for one that is not compressed. */
export function formOf(path: string, begin: Uint8Array): PackedForm | undefined {
  const form = formOfName(path);
  const known = FORMS[form ?? ''];
  const isOfForm =
    known === undefined || Buffer.from(begin).toString('hex').startsWith(known.begin);
  return isOfForm ? form : undefined;
}

/** Whether this version of Node.js unpacks a form. */
export function isRead(form: PackedForm): boolean {
  return form === 'gz' || (form === 'zst' && zstandard.createZstdDecompress !== undefined);
}

const SECOND = 1_000_000_000n;

/** When a file was changed before it was compressed, in nanoseconds, when a file says so that was compressed later. */
export function timeBeforePacking({ fd, form }: PackedFile): bigint | undefined {
  const begin = Buffer.alloc(FORM_BYTES);
  readFully(fd, begin, 0);
  const seconds = form === 'gz' && formOf('.gz', begin) === form ? begin.readUInt32LE(4) : 0;
  return seconds === 0 ? undefined : (BigInt(seconds) + 1n) * SECOND - 1n;
}

/** The commands that unpack files beside themselves. */
export function unpackingCommands(paths: readonly string[]): string {
  const files = new Map<string, string[]>();
  for (const path of paths) {
    const command = FORMS[formOfName(path) ?? '']?.command ?? 'unpack';
    files.set(command, [...(files.get(command) ?? []), wordOf(path)]);
  }
  return [...files].map(([command, names]) => `${command} ${names.join(' ')}`).join(' && ');
}

/** A compressed file of a log that is not read here. */
export interface UnreadFile {
  readonly path: string;
  readonly isDamaged: boolean;
}

/** What is done about files that are not read here: the commands that unpack them, and which ones no command unpacks. */
export function waysToRead(files: readonly UnreadFile[]): string {
  const damaged = files.filter(({ isDamaged }) => isDamaged).map(({ path }) => wordOf(path));
  const packed = files.filter(({ isDamaged }) => !isDamaged).map(({ path }) => path);
  const words = damaged.length === 0 ? '' : `damaged: ${damaged.join(' ')}`;
  return [unpackingCommands(packed), words].filter((part) => part !== '').join('; ');
}

/** A path as a word of a shell. */
export function wordOf(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** A compressed file cannot be unpacked: it is damaged, or too large. */
export class UnpackingError extends Error {
  /** The file. A thread passes on own properties only. */
  readonly packed: string;
  readonly isDamaged: boolean;

  constructor(packed: string, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isLarge = cause instanceof RangeError || code === 'ERR_BUFFER_TOO_LARGE';
    const damage = `it is damaged (${message}): put a good copy in its place`;
    super(isLarge ? 'it is too large to be unpacked here' : damage, { cause });
    this.packed = packed;
    this.isDamaged = !isLarge;
  }
}

/** An open file of a form that is read. */
export interface PackedFile {
  readonly path: string;
  readonly fd: number;
  readonly form: PackedForm;
}

/** The content of a compressed file of a size, with at most some bytes. Throws {@link UnpackingError}. */
export function unpacked({ path, fd, form }: PackedFile, size: number, most: number): Buffer {
  try {
    if (size > most) throw new RangeError('larger than its content may be');
    const bytes = new Uint8Array(size);
    const packed = bytes.subarray(0, readFully(fd, bytes, 0));
    const unpack = form === 'zst' ? zstandard.zstdDecompressSync : zlib.gunzipSync;
    if (unpack === undefined) throw new TypeError(`no ${form} in this Node.js`);
    return unpack(packed, { maxOutputLength: most });
  } catch (cause) {
    throw new UnpackingError(path, cause);
  }
}

/** The content of a compressed file in pieces, by those of the file, with at most some bytes. Throws {@link UnpackingError}. */
export async function* unpackedPieces(
  { path, form }: Omit<PackedFile, 'fd'>,
  pieces: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array, void> {
  const unpacker = form === 'zst' ? zstandard.createZstdDecompress?.() : zlib.createGunzip();
  if (unpacker === undefined) throw new UnpackingError(path, new TypeError(`no ${form}`));
  // The error of a piece reaches the reader of the unpacked ones.
  pipeline(Readable.from(copies(pieces)), unpacker, () => undefined);
  let size = 0;
  try {
    for await (const piece of unpacker as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > most) throw new RangeError('larger than it may be');
      yield piece;
    }
  } catch (cause) {
    // That of the system names its call.
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
    throw new UnpackingError(path, cause);
  }
}

/** A stream keeps pieces, whose memory is used again. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) yield piece.slice();
}
