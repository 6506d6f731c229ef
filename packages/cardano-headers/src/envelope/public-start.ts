/** Inspects the beginning of a file before other code reads it: the path of a public file may lead to a signing key. */
import { EnvelopeError } from '../errors.js';
import { MAX_ENVELOPE_SIZE } from './envelope.js';
import { END, spells, StringReader, type Span } from './scanner.js';

/** How the key files of evolock begin. */
const KEY_FILE = 'evolock-key/';
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const OPENING_BRACE = 0x7b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const whitespace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** The beginning of a public file. */
export interface PublicStart {
  /** Whether the file begins like a JSON object, as each text envelope does. */
  readonly isObject: boolean;
  /**
   * Whether it is an object in which a member `type` names a signing key of any kind, or begins as the key files of evolock.
   * Nothing else is checked.
   */
  readonly namesSigningKey: boolean;
  /** The bytes, in ordinary memory; `undefined` for a signing key. Empty at the end of the file. */
  readonly bytes: Uint8Array | undefined;
}

/** Lends memory of a size for the duration of a call, and wipes it. */
export type LendMemory = <Result>(size: number, use: (memory: Uint8Array) => Result) => Result;

/**
 * Reads at most 16,384 bytes of a public file into lent memory, and copies them to ordinary memory unless they are a text
 * envelope that names a signing key, or a key file. Reads no more than the decision needs.
 *
 * @param read - Reads some bytes into memory and returns their number, 0 at the end.
 */
export function publicStart(read: (memory: Uint8Array) => number, lend: LendMemory): PublicStart {
  // The first byte of a signing key's file is public, and excludes most public files without lent memory.
  const first = new Uint8Array(1);
  const isEmpty = read(first) === 0;
  if (isEmpty || !mayBeKey(first)) {
    const bytes = first.subarray(isEmpty ? 1 : 0);
    return { isObject: false, namesSigningKey: false, bytes };
  }
  return lend(MAX_ENVELOPE_SIZE, (memory) => {
    memory.set(first);
    let size = first.byteLength;
    while (size < memory.byteLength && mayBeKey(memory.subarray(0, size))) {
      if (reads(memory, 0, KEY_FILE)) break;
      const count = read(memory.subarray(size));
      if (count === 0) break;
      size += count;
    }
    const text = memory.subarray(0, size);
    const isObject = text[startOf(text)] === OPENING_BRACE;
    const isKey = reads(text, 0, KEY_FILE) || (isObject && namesSigningKey(text));
    return { isObject, namesSigningKey: isKey, bytes: isKey ? undefined : new Uint8Array(text) };
  });
}

/** Whether the text is the beginning of an object, of white space before one, or of a key file. */
function mayBeKey(text: Uint8Array): boolean {
  const start = startOf(text);
  const isMark = BYTE_ORDER_MARK.every((byte, index) => (text[index] ?? byte) === byte);
  const isPrefix = reads(text, 0, KEY_FILE.slice(0, text.byteLength));
  return (
    isPrefix ||
    start === text.byteLength ||
    text[start] === OPENING_BRACE ||
    (isMark && start === 0)
  );
}

/** The offset after a byte order mark and white space. */
function startOf(text: Uint8Array): number {
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => text[index] === byte);
  return pastWhitespace(text, hasMark ? BYTE_ORDER_MARK.length : 0);
}

function namesSigningKey(text: Uint8Array): boolean {
  for (let at = 0; at < text.byteLength; at += 1) {
    if (text[at] === QUOTE && startsNameOfKey(text, at)) return true;
  }
  return false;
}

/** Whether `"type": "…SigningKey…"` begins at an offset, with any white space and escapes. */
function startsNameOfKey(text: Uint8Array, start: number): boolean {
  const name = stringAt(text, start);
  const colon = pastWhitespace(text, name.end + 1);
  const quote = pastWhitespace(text, colon + 1);
  const isMember = reads(text, colon, ':') && text[quote] === QUOTE;
  try {
    return isMember && spells(text, name, 'type') && contains(text, stringAt(text, quote));
  } catch (error) {
    // An escape that is not JSON: the file is no text envelope.
    if (error instanceof EnvelopeError) return false;
    throw error;
  }
}

/** The string after a quotation mark. It ends with the text when the mark at its end is missing. */
function stringAt(text: Uint8Array, quote: number): Span {
  let end = quote + 1;
  while (end < text.byteLength && text[end] !== QUOTE) end += text[end] === BACKSLASH ? 2 : 1;
  return { start: quote + 1, end: Math.min(end, text.byteLength) };
}

const NAME_OF_KEY = 'SigningKey';

/** Whether a string contains {@link NAME_OF_KEY}, whose first letter it has once. */
function contains(text: Uint8Array, span: Span): boolean {
  const reader = new StringReader(text, span);
  let count = 0;
  for (let unit = reader.next(); unit !== END; unit = reader.next()) {
    if (unit !== NAME_OF_KEY.charCodeAt(count)) count = 0;
    if (unit === NAME_OF_KEY.charCodeAt(count)) count += 1;
    if (count === NAME_OF_KEY.length) return true;
  }
  return false;
}

function pastWhitespace(text: Uint8Array, start: number): number {
  let at = start;
  while (whitespace.has(text[at] ?? -1)) at += 1;
  return at;
}

function reads(text: Uint8Array, start: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (text[start + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}
