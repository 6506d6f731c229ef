/** Reading what is public: from a file, a link, a pipe, a terminal, or standard input. */
import { closeSync, openSync, read } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readPublicStart } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import { CommandError } from '../command-error.js';
import { nameInWords, printable } from '../printable.js';
import type { Surroundings } from '../surroundings.js';
import { systemError } from './system-error.js';

/** What stands for standard input. */
export const STDIN = '-';

const STEP = 65_536;

/** Milliseconds between two looks at a descriptor that does not block. */
const PAUSE = 10;

/** What messages call a source. The name of a file is text, or bytes that need not be UTF-8. */
export function sourceName(path: string | Buffer): string {
  if (path === STDIN) return 'standard input';
  return typeof path === 'string' ? printable(path) : nameInWords(path);
}

/**
 * Reads something public of at most so many bytes: a message, a signature, a certificate. Refuses the file of a signing
 * key before anything of it is in ordinary memory, wherever it comes from. The limit is in bytes.
 */
export async function readPublic(
  surroundings: Surroundings,
  path: string,
  limit: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of publicParts(surroundings, path)) {
    size += part.byteLength;
    if (size > limit)
      throw new CommandError('invalid', `${sourceName(path)}: it is larger than ${limit} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The same part by part, as they come. */
export async function* publicParts(
  surroundings: Surroundings,
  path: string | Buffer,
): AsyncGenerator<Uint8Array> {
  const name = sourceName(path);
  if (path === STDIN) {
    yield* partsOf(name, takeStdin(surroundings));
    return;
  }
  const fd = inWords(name, () => openSync(path, 'r'));
  try {
    yield* partsOf(name, fd);
  } finally {
    closeSync(fd);
  }
}

/** Reading a stream a second time gives nothing, and nothing would be judged. */
const taken = new WeakSet<Surroundings>();

function takeStdin(surroundings: Surroundings): number {
  if (taken.has(surroundings)) {
    throw new CommandError(
      'usage',
      'two things cannot both be standard input: name a file for one of them',
    );
  }
  taken.add(surroundings);
  return surroundings.stdin;
}

async function* partsOf(name: string, fd: number): AsyncGenerator<Uint8Array> {
  const { bytes } = inWords(name, () => readPublicStart(fd));
  if (bytes === undefined) {
    throw new CommandError(
      'invalid',
      `${name}: it looks like the file of a signing key, which is not read for anything else: name another file`,
    );
  }
  const step = new Uint8Array(STEP);
  for (let part = bytes; part.byteLength > 0; part = await nextOf(name, fd, step)) yield part;
}

const readFrom = promisify(read);

/** Does not block this thread, which may have something to show meanwhile. A copy of what was read; empty at the end. */
async function nextOf(name: string, fd: number, step: Uint8Array): Promise<Uint8Array> {
  for (;;) {
    try {
      const { bytesRead } = await readFrom(fd, step, 0, step.byteLength, null);
      return step.slice(0, bytesRead);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw systemError(name, cause);
    }
    await setTimeout(PAUSE);
  }
}

function inWords<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const isTheSystems = !(cause instanceof EvolockError) || 'systemCode' in cause;
    throw isTheSystems ? systemError(name, causeOf(cause)) : cause;
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof EvolockError ? error.cause : error;
}
