/** Reads files for the commands that verify. */
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { CommandError, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { sourceName, STDIN } from '@evolock/command-line/text';
import { openGiven } from '../../files/log-file.js';
import { piecesOf, type FilePart } from '../../parallel/judge.js';

/** A file that is open: another file may get its name. */
export class OpenedFile implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #isPipe: boolean;

  private constructor(path: string, handle: FileHandle, isPipe: boolean) {
    this.path = path;
    this.#handle = handle;
    this.#isPipe = isPipe;
  }

  /** Opens a file. */
  static async open(path: string): Promise<OpenedFile> {
    const handle = await aboutFile(path, openGiven(path));
    const stat = await aboutFile(path, handle.stat());
    return new OpenedFile(path, handle, !stat.isFile());
  }

  /** The present size in bytes; infinite for a pipe. */
  async size(): Promise<number> {
    if (this.#isPipe) return Infinity;
    return (await aboutFile(this.path, this.#handle.stat())).size;
  }

  /** Whether a regular file has the magic number of gzip. */
  async isGzip(): Promise<boolean> {
    if (!Number.isFinite(await this.size())) return false;
    const { buffer } = await aboutFile(this.path, this.#handle.read(new Uint8Array(2), 0, 2, 0));
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  }

  /** The bytes from a place up to another. */
  part(from = 0, to = Infinity): FilePart {
    return { path: this.path, fd: this.#handle.fd, from, to, isPipe: this.#isPipe };
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
    throw error instanceof CommandError ? error : systemError(path, error);
  }
}

/** All bytes of a file or of standard input, at most a number. */
export async function wholeOf(session: Session, path: string, limit: number): Promise<Buffer> {
  if (path === STDIN) {
    const stream = createReadStream('', { fd: session.takeStdin(), autoClose: false });
    return joined(path, stream as AsyncIterable<Uint8Array>, limit);
  }
  await using file = await OpenedFile.open(path);
  return await aboutFile(path, joined(path, piecesOf(file.part()), limit));
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
