/** Reads files for the commands that verify. */
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { CommandError, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { sourceName, STDIN } from '@evolock/command-line/text';
import { beginsAsKeyFile, FileError } from '@evolock/direct-serialise-io/files';
import { openGiven } from '../../files/log-file.js';
import { FORM_BYTES, formOf, type PackedForm } from '../../files/packed-file.js';
import { piecesOfPart, type FilePart } from '../../parallel/judge.js';

/** A file that is open: another file may get its name. */
export class OpenedFile implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #isPipe: boolean;

  /** Of a compressed file. */
  readonly form: PackedForm | undefined;

  private constructor(path: string, handle: FileHandle, isPipe: boolean, form?: PackedForm) {
    this.path = path;
    this.#handle = handle;
    this.#isPipe = isPipe;
    this.form = form;
  }

  /** Opens a file. That of a signing key is refused: no more than its first bytes get into ordinary memory. */
  static async open(path: string): Promise<OpenedFile> {
    const handle = await aboutFile(path, openGiven(path));
    const stat = await aboutFile(path, handle.stat());
    if (!stat.isFile()) return new OpenedFile(path, handle, true);
    if (beginsAsKeyFile(handle.fd)) {
      await handle.close();
      throw usage(
        `${sourceName(path)}: it is the file of a signing key, and a public file is needed here`,
      );
    }
    const begin = new Uint8Array(FORM_BYTES);
    await aboutFile(path, handle.read(begin, 0, FORM_BYTES, 0));
    return new OpenedFile(path, handle, false, formOf(path, begin));
  }

  /** The present size in bytes; infinite for a pipe, and for a compressed file, which has to be read to know it. */
  async size(): Promise<number> {
    if (this.#isPipe || this.form !== undefined) return Infinity;
    return (await aboutFile(this.path, this.#handle.stat())).size;
  }

  /** The size of the content: that of a compressed file is counted. */
  async contentSize(): Promise<number> {
    if (this.form === undefined) return this.size();
    let size = 0;
    for await (const piece of piecesOfPart(this.part())) size += piece.length;
    return size;
  }

  /** The bytes from a place up to another. */
  part(from = 0, to = Infinity): FilePart {
    return {
      path: this.path,
      fd: this.#handle.fd,
      from,
      to,
      isPipe: this.#isPipe,
      form: this.form,
    };
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** Does work on a file. An error of the system is told in words. */
async function aboutFile<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isInWords = error instanceof CommandError || error instanceof FileError;
    throw isInWords ? error : systemError(path, error, 'missing');
  }
}

/** All bytes of a file or of standard input, at most a number. */
export async function wholeOf(session: Session, path: string, limit: number): Promise<Buffer> {
  if (path === STDIN) {
    const stream = createReadStream('', { fd: session.takeStdin(), autoClose: false });
    return joined(path, stream as AsyncIterable<Uint8Array>, limit);
  }
  await using file = await OpenedFile.open(path);
  return await aboutFile(path, joined(path, piecesOfPart(file.part()), limit));
}

async function joined(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > limit) throw usage(`${sourceName(path)}: it is larger than ${String(limit)} bytes`);
    parts.push(Buffer.from(piece));
  }
  return Buffer.concat(parts);
}
