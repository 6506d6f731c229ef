/**
 * The form of a key file: one line of text, the public bytes, the serialised key.
 *
 * The line is `evolock-key/v1`, the name of the algorithm, the sizes of the public bytes and of the key, and the
 * verification key in hexadecimal digits, with single spaces. A file whose key was erased states a key of 0 bytes.
 */
import { readSync } from 'node:fs';
import type { AllocationOptions } from '@evolock/mlocked-bytes';
import { FileError } from '../errors.js';
import { MAX_IO_SIZE, withLockedMemory } from '../staging.js';
import { attempt, close, isOpenToOthers, openRegular, readInto } from '../system/calls.js';

/** The most public bytes beside a key. */
export const MAX_PUBLIC_SIZE = 2048;

/** The first line. */
export interface KeyFileHeader {
  /** The name of the algorithm: 1 to 64 visible ASCII characters. */
  readonly name: string;
  readonly publicSize: number;
  /** 0 for a file whose key was erased. */
  readonly keySize: number;
  readonly verificationKey: Uint8Array;
}

/** The parts of a key file. */
export interface KeyFileParts {
  readonly header: KeyFileHeader;
  readonly publicBytes: Uint8Array;
  /** In locked memory, for the duration of the call. */
  readonly key: Uint8Array;
}

const FORM =
  /^evolock-key\/v1 ([!-~]{1,64}) (0|[1-9]\d{0,3}) (0|[1-9]\d{0,6}) ((?:[0-9a-f]{2}){1,64})$/;
const PREFIX = Buffer.from('evolock-key/v1 ');
const LONGEST_LINE = 256;
const NEWLINE = 0x0a;

/** The first line, with its newline. */
export function headerText({ name, publicSize, keySize, verificationKey }: KeyFileHeader): Buffer {
  const digits = Buffer.from(verificationKey).toString('hex');
  return Buffer.from(`${PREFIX.toString()}${name} ${publicSize} ${keySize} ${digits}\n`);
}

/** Reads a key file into locked memory, and lends its parts. With `anyMode`, others may have access to it too. */
export function withKeyFile<Result>(
  path: string,
  { anyMode = false, ...options }: AllocationOptions & { readonly anyMode?: boolean },
  use: (parts: KeyFileParts) => Result,
): Result {
  const { fd, stats } = openRegular(path);
  try {
    if (!anyMode && isOpenToOthers(stats)) throw new FileError('readable-by-others', path);
    if (stats.size > MAX_IO_SIZE) throw new FileError('too-large', path);
    // One byte more, since locked memory of 0 bytes does not exist.
    return withLockedMemory(Number(stats.size) + 1, options, (memory) => {
      const content = memory.subarray(
        0,
        attempt(path, () => readInto(fd, memory)),
      );
      const parts = partsOf(content);
      if (parts === undefined) throw new FileError('not-key-file', path);
      return use(parts);
    });
  } finally {
    close(fd);
  }
}

/** Whether an open file begins as a key file does. Its first 15 bytes, which are public, are read. */
export function beginsAsKeyFile(fd: number): boolean {
  const begin = Buffer.alloc(PREFIX.byteLength);
  return readSync(fd, begin, 0, begin.byteLength, 0) === begin.byteLength && begin.equals(PREFIX);
}

/** Makes a string of the first line only, and only when it begins as one: other files can contain a key there. */
function partsOf(content: Uint8Array): KeyFileParts | undefined {
  const end = content.subarray(0, LONGEST_LINE).indexOf(NEWLINE);
  if (end < 0 || Buffer.compare(content.subarray(0, PREFIX.byteLength), PREFIX) !== 0) return;
  const found = FORM.exec(Buffer.from(content.subarray(0, end)).toString('latin1'));
  const [, name = '', publicSize = '', keySize = '', digits = ''] = found ?? [];
  const header = {
    name,
    publicSize: Number(publicSize),
    keySize: Number(keySize),
    verificationKey: new Uint8Array(Buffer.from(digits, 'hex')),
  };
  const keyAt = end + 1 + header.publicSize;
  if (found === null || header.publicSize > MAX_PUBLIC_SIZE) return;
  if (content.byteLength !== keyAt + header.keySize) return;
  const publicBytes = content.slice(end + 1, keyAt);
  return { header, publicBytes, key: content.subarray(keyAt) };
}
