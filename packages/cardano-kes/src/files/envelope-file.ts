/**
 * Files of text envelopes: read into locked memory as one kind, written, or inspected. No string and no buffer of Node.js
 * contains the text of a file, since a caller may name the file of a signing key where a public file is expected.
 */
import { fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import { EnvelopeError } from '@evolock/cardano-headers/certificates';
import { encodeItem, type CborItem } from '@evolock/cardano-headers/cbor';
import {
  checkKind,
  headOfByteString,
  MAX_ENVELOPE_SIZE,
  parsePublicEnvelope,
  readEnvelope,
  type Envelope,
  type EnvelopeLabel,
  type EnvelopeKind,
  encodeHex,
} from '@evolock/cardano-headers/files';
import { directSerialiseToChecked, type DirectSerialise } from '@evolock/direct-serialise';
import { checkOptions } from '@evolock/direct-serialise/arguments';
import {
  attempt,
  checkPath,
  close,
  FileError,
  identityOf,
  isOpenToOthers,
  namingFile,
  openRegular,
  openSecret,
  withLockedMemory,
  writeDurably,
  type DurableOptions,
  type FileIdentity,
  type OpenedFile,
} from '@evolock/direct-serialise-io/files';
import { allocationOptionNames, type AllocationOptions } from '@evolock/kes-sum/all';

/** Options of writing a file. */
export interface WriteOptions {
  /** Whether an existing file is replaced. Otherwise an existing file is an error and nothing is written. */
  readonly replace?: boolean | undefined;
}

/** The names of {@link WriteOptions}. */
export const writeOptionNames = ['replace'] as const;

/** Options of writing a signing key. */
export type KeyWriteOptions = WriteOptions & AllocationOptions;

/** The names of {@link KeyWriteOptions}. */
export const keyWriteOptionNames = [...writeOptionNames, ...allocationOptionNames] as const;

/**
 * Which files are accepted.
 *
 * - `public`: each readable file, also a pipe, a terminal or a symbolic link.
 * - `secret`: a regular file, or a symbolic link to a regular file of the user or of root.
 * - `replaced`: a regular file, no link, since the file will be replaced.
 */
type FileAccess = 'public' | 'secret' | 'replaced';

/** Lends the envelope of a file of one kind for the duration of a call. */
export function withEnvelopeFile<Result>(
  path: string | URL,
  kind: EnvelopeKind,
  access: FileAccess,
  use: (envelope: Envelope, identity: FileIdentity) => Result,
  options?: AllocationOptions,
): Result {
  const file = checkPath(path);
  const read = (text: Uint8Array, identity: FileIdentity) =>
    naming(file, () => use(checkKind(readEnvelope(text), kind), identity));
  return withFileText(file, access, read, options);
}

const encoder = new TextEncoder();

/** The layout of `cardano-cli`: four spaces, the members in this order, a newline at the end. */
function opening({ type, description }: EnvelopeLabel): Uint8Array {
  const members = [
    `"type": ${JSON.stringify(type)}`,
    `"description": ${JSON.stringify(description)}`,
  ];
  return encoder.encode(`{\n    ${members.join(',\n    ')},\n    "cborHex": "`);
}

const closing = encoder.encode('"\n}\n');

/** The text of an envelope of a public item. */
export function publicEnvelopeText(label: EnvelopeLabel, item: CborItem): Uint8Array {
  const digits = Buffer.from(encodeItem(item)).toString('hex');
  return Buffer.concat([opening(label), Buffer.from(digits), closing]);
}

/** Writes the file of an envelope of a public item. */
export function writePublicEnvelope(
  file: string,
  label: EnvelopeLabel,
  item: CborItem,
  options: Omit<DurableOptions, 'secret'>,
): void {
  writeDurably(file, publicEnvelopeText(label, item), { ...options, secret: false });
}

/**
 * Writes the file of an envelope of a secret, a byte string of `size` bytes. Each block of the value is written as digits
 * straight to its place in the text, which is in locked memory.
 */
export function writeSecretEnvelope(
  file: string,
  label: EnvelopeLabel,
  size: number,
  value: DirectSerialise,
  options: Omit<DurableOptions, 'secret'>,
): void {
  const begin = opening(label);
  const head = headOfByteString(size);
  const digits = begin.byteLength + 2 * head.byteLength;
  const end = digits + 2 * size;
  const { allocator } = options;
  withLockedMemory(end + closing.byteLength, { allocator }, (text) => {
    text.set(begin);
    encodeHex(text, begin.byteLength, head);
    directSerialiseToChecked(
      (offset, block) => encodeHex(text, digits + 2 * offset, block),
      size,
      value,
    );
    text.set(closing, end);
    writeDurably(file, text, { ...options, secret: true });
  });
}

/** {@link namingFile}, which the error about an envelope is made for again: its message says `the text` otherwise. */
function naming<Result>(path: string, call: () => Result): Result {
  return namingFile(path, () => {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      const { problem, found, offset } = error;
      throw new EnvelopeError(problem, { path, found, offset, cause: error });
    }
  });
}

/** Facts of an envelope. Its CBOR is not read. */
export interface EnvelopeFacts extends EnvelopeLabel {
  /** What the type states; `undefined` for an unknown type. */
  readonly kind: EnvelopeKind | undefined;
  /** Bytes of the CBOR. */
  readonly cborSize: number;
}

/**
 * States what a file contains. Its CBOR does not leave locked memory, so the file may be a signing key.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function inspectEnvelope(path: string | URL): EnvelopeFacts {
  const file = checkPath(path);
  return withFileText(file, 'public', (text) => naming(file, () => factsOf(readEnvelope(text))));
}

/**
 * States what the text of a public file contains.
 *
 * @param text - At most 16,384 bytes, in ordinary memory: not a signing key.
 * @throws `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 */
export function inspectEnvelopeText(text: string | Uint8Array): EnvelopeFacts {
  return factsOf(parsePublicEnvelope(text));
}

function factsOf({ type, description, kind, cbor }: Envelope): EnvelopeFacts {
  return { type, description, kind, cborSize: cbor.byteLength };
}

/** Lends the text of a file, in locked memory, for the duration of a call. Waits for the writer of a pipe. */
export function withFileText<Result>(
  path: string,
  access: FileAccess,
  use: (text: Uint8Array, identity: FileIdentity) => Result,
  options?: AllocationOptions,
): Result {
  const { allocator } = checkOptions(options, allocationOptionNames);
  const { fd, stats } = open(path, access);
  try {
    if (stats.size > MAX_ENVELOPE_SIZE) throw new FileError('too-large', path);
    if (access === 'secret' && isOpenToOthers(stats))
      throw new FileError('readable-by-others', path);
    return withTextOf(path, fd, stats, { allocator }, (text) => use(text, identityOf(stats)));
  } finally {
    close(fd);
  }
}

function open(path: string, access: FileAccess): OpenedFile {
  if (access === 'secret') return openSecret(path);
  if (access !== 'public') return openRegular(path);
  const fd = attempt(path, () => openSync(path, 'r'));
  try {
    const stats = attempt(path, () => fstatSync(fd, { bigint: true }));
    if (stats.isDirectory()) throw new FileError('not-regular', path);
    return { fd, stats };
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** A file that is not regular, such as a pipe, has no known size. */
function withTextOf<Result>(
  path: string,
  fd: number,
  stats: BigIntStats,
  options: AllocationOptions,
  use: (text: Uint8Array) => Result,
): Result {
  const isFile = stats.isFile();
  // One byte more, to notice a file that grew. An empty file needs memory too.
  const size = (isFile ? Number(stats.size) : MAX_ENVELOPE_SIZE) + 1;
  return withLockedMemory(size, options, (memory) => {
    const read = readAll(path, fd, memory);
    if (isFile && read !== size - 1) throw new FileError('changed', path);
    if (read === size) throw new FileError('too-large', path);
    return use(memory.subarray(0, read));
  });
}

function readAll(path: string, fd: number, memory: Uint8Array): number {
  let done = 0;
  while (done < memory.byteLength) {
    const count = readSome(path, fd, memory.subarray(done));
    if (count === 0) break;
    done += count;
  }
  return done;
}

const PAUSE = 10;

/**
 * Reads available bytes, and waits for the first, also on a descriptor that another process set to non-blocking mode. Returns
 * their number, 0 at the end.
 */
export function readSome(name: string, fd: number, memory: Uint8Array): number {
  for (;;) {
    try {
      return attempt(name, () => readSync(fd, memory, 0, memory.byteLength, null));
    } catch (error) {
      if (!(error instanceof FileError) || error.systemCode !== 'EAGAIN') throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}
