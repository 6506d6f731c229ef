import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EvolockError } from '@evolock/kes-sum';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import type { Surroundings } from '../surroundings.js';
import { refuseKey } from './refuse-key.js';
import { systemError } from './system-error.js';

/** What stands for standard input. */
export const STDIN = '-';

const STEP = 65_536;

/** What messages call a source. */
export function sourceName(path: string): string {
  return path === STDIN ? 'standard input' : printable(path);
}

/**
 * Reads something public, a message or a certificate, of at most so many bytes, from a file or standard input. A file that
 * looks like one of a signing key is refused, and nothing of it is read.
 */
export async function readPublic(
  surroundings: Surroundings,
  path: string,
  limit: number,
): Promise<Uint8Array> {
  return path === STDIN ? readStream(surroundings, limit) : readFile(path, limit);
}

/** Whoever reads a stream a second time gets nothing, and would judge nothing. */
const taken = new WeakSet<Surroundings['stdin']>();

/** Takes standard input for one reader. */
export function takeStdin({ stdin }: Surroundings): Surroundings['stdin'] {
  if (taken.has(stdin)) {
    throw new CommandError(
      'usage',
      'two things cannot both be standard input: name a file for one of them',
    );
  }
  taken.add(stdin);
  return stdin;
}

async function readStream(surroundings: Surroundings, limit: number): Promise<Uint8Array> {
  const stdin = takeStdin(surroundings);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stdin) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    size += bytes.byteLength;
    if (size > limit) throw tooLarge(STDIN, limit);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** A file is read to its end and no further than its limit, whatever the system says of its size. */
function readFile(path: string, limit: number): Uint8Array {
  const fd = opened(path);
  try {
    refuseKey(path, fd);
    if (fstatSync(fd).size > limit) throw tooLarge(path, limit);
    const parts: Uint8Array[] = [];
    for (let size = 0; ;) {
      const part = Buffer.allocUnsafeSlow(STEP);
      const got = readSync(fd, part);
      if (got === 0) return Buffer.concat(parts);
      size += got;
      if (size > limit) throw tooLarge(path, limit);
      parts.push(part.subarray(0, got));
    }
  } catch (cause) {
    throw cause instanceof CommandError || cause instanceof EvolockError
      ? cause
      : systemError(path, cause);
  } finally {
    closeSync(fd);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw systemError(path, cause);
  }
}

function tooLarge(path: string, limit: number): CommandError {
  return new CommandError('invalid', `${sourceName(path)}: it is larger than ${limit} bytes`);
}
