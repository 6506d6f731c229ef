/**
 * Finds the three members of a text envelope in the bytes of its text. A JSON parser would make strings of the members, and
 * one of them is the key.
 *
 * Source: RFC 8259; `TextEnvelope` of cardano-api.
 */
import { EnvelopeError } from '../errors.js';
import { hexDigit } from '../hex.js';

/** The bytes between two quotation marks, as offsets in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The places of the values of the three members. */
export type EnvelopeSpans = Readonly<Record<MemberName, Span>>;

type MemberName = (typeof memberNames)[number];
const memberNames = ['type', 'description', 'cborHex'] as const;

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const COLON = 0x3a;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const SPACE = 0x20;
const whitespace = new Set([SPACE, 0x09, 0x0a, 0x0d]);

/** Scans a text envelope: members in any order, any indentation, only white space around the object. */
export function scanEnvelope(text: Uint8Array): EnvelopeSpans {
  return new Scanner(text).envelope();
}

class Scanner {
  readonly #text: Uint8Array;
  readonly #found = new Map<MemberName, Span>();
  #at = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  envelope(): EnvelopeSpans {
    this.#expect(OPENING_BRACE);
    do this.#member();
    while (this.#takes(COMMA));
    this.#expect(CLOSING_BRACE);
    this.#skipWhitespace();
    if (this.#at < this.#text.byteLength) throw this.#unexpected();
    return this.#all();
  }

  #member(): void {
    const name = this.#memberName();
    if (this.#found.has(name)) throw new EnvelopeError('duplicate-member', { found: name });
    this.#expect(COLON);
    this.#found.set(name, this.#string());
  }

  #memberName(): MemberName {
    const offset = this.#at;
    const span = this.#string();
    const name = memberNames.find((each) => spells(this.#text, span, each));
    if (name === undefined) throw new EnvelopeError('unknown-member', { offset });
    return name;
  }

  #string(): Span {
    this.#expect(QUOTE);
    const span = stringSpan(this.#text, this.#at - 1);
    this.#at = span.end + 1;
    return span;
  }

  #expect(byte: number): void {
    if (!this.#takes(byte)) throw this.#unexpected();
  }

  #takes(byte: number): boolean {
    this.#skipWhitespace();
    if (this.#text[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #skipWhitespace(): void {
    while (whitespace.has(this.#text[this.#at] ?? -1)) this.#at += 1;
  }

  #unexpected(): EnvelopeError {
    return new EnvelopeError('not-json', { offset: this.#at });
  }

  #all(): EnvelopeSpans {
    const { type, description, cborHex } = Object.fromEntries(
      this.#found,
    ) as Partial<EnvelopeSpans>;
    if (type === undefined || description === undefined || cborHex === undefined)
      throw new EnvelopeError('missing-member');
    return { type, description, cborHex };
  }
}

/** Whether a string equals an ASCII name after its escapes are resolved. */
export function spells(text: Uint8Array, span: Span, name: string): boolean {
  const reader = new StringReader(text, span);
  for (let index = 0; index < name.length; index += 1) {
    if (reader.next() !== name.charCodeAt(index)) return false;
  }
  return reader.next() === END;
}

/** The span of a string whose opening quotation mark is at an offset. */
function stringSpan(text: Uint8Array, quote: number): Span {
  const start = quote + 1;
  for (let at = start; at < text.byteLength; at += 1) {
    const byte = text[at]!;
    if (byte === QUOTE) return { start, end: at };
    if (byte < SPACE) throw new EnvelopeError('not-json', { offset: at });
    // Skips the escaped byte: an escaped quotation mark ends nothing. The reader resolves the escape.
    if (byte === BACKSLASH) at += 1;
  }
  throw new EnvelopeError('not-json', { offset: text.byteLength });
}

/** The meaning of each byte after a backslash. */
const escapes = new Map<number, number>([
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/** The end of a string, from {@link StringReader}. */
export const END = -1;

/**
 * Reads a string of JSON unit by unit in the text, and makes no string of it. A unit is the code unit of an escape, or a byte:
 * callers look for ASCII only. Source: RFC 8259, section 7.
 */
export class StringReader {
  readonly #text: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(text: Uint8Array, { start, end }: Span) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  /** The offset of the next unit. */
  get offset(): number {
    return this.#at;
  }

  /** The next unit; {@link END} at the end. Throws for an escape that is not JSON. */
  next(): number {
    if (this.#at >= this.#end) return END;
    const byte = this.#text[this.#at++]!;
    return byte === BACKSLASH ? this.#escaped() : byte;
  }

  #escaped(): number {
    const at = this.#at;
    const letter = this.#text[this.#at++] ?? -1;
    const meaning = letter === LETTER_U ? this.#fourDigits() : escapes.get(letter);
    if (meaning === undefined) throw new EnvelopeError('not-json', { offset: at });
    return meaning;
  }

  #fourDigits(): number | undefined {
    let unit = 0;
    for (let count = 0; count < 4; count += 1) {
      const digit = this.#at < this.#end ? hexDigit(this.#text[this.#at++]!) : -1;
      if (digit < 0) return undefined;
      unit = unit * 16 + digit;
    }
    return unit;
  }
}
