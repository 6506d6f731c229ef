/** Reads public files: from a path, a link, a pipe, a terminal, or standard input. */
import { closeSync, openSync, read } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { EnvelopeError } from '@evolock/cardano-headers/certificates';
import { readPublicStart } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import { invalid, usage } from '@evolock/command-line/errors';
import { systemError } from '@evolock/command-line/system-error';
import type { TomlTable } from '@evolock/command-line/files/toml';
import type { Session } from '@evolock/command-line/session';
import { sourceName, STDIN } from '@evolock/command-line/text';

/** Bytes a read. */
const STEP = 65_536;

/** Milliseconds between two reads of a non-blocking descriptor. */
const PAUSE = 10;

/** The size limit of a text envelope in bytes, far above real ones. */
const LARGEST_ENVELOPE = 65_536;

/** The same of a file in TOML. */
const LARGEST_TOML = 65_536;

/** The size limit of a message in bytes: it is signed in one piece, in memory. */
const LARGEST_MESSAGE = 1_073_741_824;

/** Refuses `-` where a file name is needed: a file of that name would mislead the next command. */
export function refuseDash(option: string, path: string | undefined, words: string): void {
  if (path === STDIN) throw usage(`${option} -: ${words}`);
}

/**
 * Reads a public file: a message, a signature, a certificate. Refuses the file of a signing key before any of its bytes
 * are in ordinary memory, also from a pipe. The limit is in bytes.
 */
export async function readPublic(
  session: Session,
  path: string,
  limit: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of publicParts(session, path)) {
    size += part.byteLength;
    if (size > limit) throw invalid(`${sourceName(path)}: it is larger than ${limit} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Reads a file in TOML. */
export async function readToml(session: Session, path: string): Promise<TomlTable> {
  const bytes = await readPublic(session, path, LARGEST_TOML);
  const { parseToml } = await import('@evolock/command-line/files/toml');
  return parseToml(path, bytes);
}

export function readMessage(session: Session, path: string): Promise<Uint8Array> {
  return readPublic(session, path, LARGEST_MESSAGE);
}

/** The same as {@link readPublic}, part by part. */
export async function* publicParts(
  session: Session,
  path: string | Buffer,
): AsyncGenerator<Uint8Array, void, void> {
  const name = sourceName(path);
  if (path === STDIN) {
    yield* partsOf(session, name, session.takeStdin());
    return;
  }
  const fd = inWords(name, () => openSync(path, 'r'));
  try {
    yield* partsOf(session, name, fd);
  } finally {
    closeSync(fd);
  }
}

async function* partsOf(
  { context: { stderr } }: Session,
  name: string,
  fd: number,
): AsyncGenerator<Uint8Array, void, void> {
  if (isatty(fd))
    stderr.write(`kes: waiting for ${name}, a terminal: Ctrl-D on a new line ends it\n`);
  const { bytes } = inWords(name, () => readPublicStart(fd));
  if (bytes === undefined) {
    throw invalid(
      `${name}: it looks like the file of a signing key, and a public file is needed here: give another file`,
    );
  }
  const step = new Uint8Array(STEP);
  for (let part = bytes; part.byteLength > 0; part = await nextOf(name, fd, step)) yield part;
}

const readFrom = promisify(read);

/** Reads without blocking the thread, which shows results meanwhile. Returns a copy; empty at the end. */
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

/** Does work on a file. An error of the system names the file. */
export function inWords<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EvolockError)) throw systemError(name, error);
    throw 'systemCode' in error ? systemError(name, error.cause) : error;
  }
}

/** How the library reads a kind of text envelope: from a file, and from text. */
export interface Readers<T> {
  readonly read: (path: string) => T;
  readonly parse: (text: Uint8Array) => T;
}

/** Reads a public text envelope from a file or from standard input. */
export async function readEnvelope<T>(
  session: Session,
  path: string,
  { read, parse }: Readers<T>,
): Promise<T> {
  return path === STDIN
    ? parseEnvelope(path, await readEnvelopeText(session, path), parse)
    : read(path);
}

export function readEnvelopeText(session: Session, path: string): Promise<Uint8Array> {
  return readPublic(session, path, LARGEST_ENVELOPE);
}

/** Parses the text of an envelope. Errors name its source. */
export function parseEnvelope<T>(
  path: string,
  text: Uint8Array,
  parse: (text: Uint8Array) => T,
): T {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof EnvelopeError)) throw cause;
    const { problem, found, offset } = cause;
    throw new EnvelopeError(problem, { path: sourceName(path), found, offset, cause });
  }
}
