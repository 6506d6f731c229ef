/**
 * Finds the three members of a text envelope in the bytes of its text. A scanner of our own, since every JSON parser
 * makes strings of what it reads, and one of the strings is the key.
 *
 * Source: RFC 8259; `TextEnvelope` of cardano-api.
 */
import { EnvelopeError } from './envelope-error.js';
import { StringReader, stringSpan, type Span } from './json-string.js';

/** Where the values of the three members stand. */
export type EnvelopeSpans = Readonly<Record<MemberName, Span>>;

type MemberName = (typeof memberNames)[number];
const memberNames = ['type', 'description', 'cborHex'] as const;

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const COLON = 0x3a;
const COMMA = 0x2c;
const QUOTE = 0x22;
const whitespace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Scans a text envelope: members in any order, any indentation, nothing but white space around it.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 *
 * @internal
 */
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
    const name = memberNames.find((each) => reads(this.#text, span, each));
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

/** Whether a string reads as a name of ASCII, escapes included. */
function reads(text: Uint8Array, span: Span, name: string): boolean {
  const reader = new StringReader(text, span);
  for (let index = 0; index < name.length; index += 1) {
    if (reader.next() !== name.charCodeAt(index)) return false;
  }
  return reader.next() === -1;
}
