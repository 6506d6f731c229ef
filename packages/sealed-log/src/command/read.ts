/** Reads files for the commands that verify. */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { sourceName, STDIN } from '@evolock/command-line/text';

/** Bytes a read. */
const STEP = 1 << 18;

/** A file that is open: another file may get its name. */
export class OpenFile implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Opens a file. */
  static async open(path: string): Promise<OpenFile> {
    return new OpenFile(path, await aboutFile(path, open(path)));
  }

  /** The present size in bytes; infinite for a pipe. */
  async size(): Promise<number> {
    const stat = await aboutFile(this.path, this.#handle.stat());
    return stat.isFile() ? stat.size : Infinity;
  }

  /** Whether a regular file has the magic number of gzip. */
  async isGzip(): Promise<boolean> {
    if (!Number.isFinite(await this.size())) return false;
    const { buffer } = await aboutFile(this.path, this.#handle.read(new Uint8Array(2), 0, 2, 0));
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  }

  /** The bytes from a place up to another. Each piece uses the memory of the one before. */
  async *part(from = 0, to = Infinity): AsyncGenerator<Uint8Array, void> {
    const memory = new Uint8Array(STEP);
    for (let at = from; at < to;) {
      // A pipe has no places.
      const [length, place] = [Math.min(STEP, to - at), from === 0 ? null : at];
      const read = this.#handle.read(memory, 0, length, place);
      const { bytesRead } = await aboutFile(this.path, read);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield memory.subarray(0, bytesRead);
    }
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

async function aboutFile<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw systemError(path, error);
  }
}

/** All bytes of a file or of standard input, at most a number. */
export async function wholeOf(session: Session, path: string, limit: number): Promise<Buffer> {
  if (path === STDIN) {
    const stream = createReadStream('', { fd: session.takeStdin(), autoClose: false });
    return joined(path, stream as AsyncIterable<Uint8Array>, limit);
  }
  await using file = await OpenFile.open(path);
  return await joined(path, file.part(), limit);
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
