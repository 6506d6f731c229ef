/**
 * Strings of JSON, read unit by unit where they stand: they may hold a key, of which no string must be made.
 *
 * Source: RFC 8259, section 7.
 */
import { EnvelopeError } from './envelope-error.js';

/** What stands between two quotation marks, in bytes from the beginning of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const SPACE = 0x20;

/** What follows a backslash, and what the two mean. */
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

/**
 * The span of a string whose opening quotation mark stands at an offset.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when it does not end, or holds what no string may.
 *
 * @internal
 */
export function stringSpan(text: Uint8Array, quote: number): Span {
  const start = quote + 1;
  for (let at = start; at < text.byteLength; at += 1) {
    const byte = text[at]!;
    if (byte === QUOTE) return { start, end: at };
    if (byte < SPACE) throw new EnvelopeError('not-json', { offset: at });
    // The byte behind it may be a quotation mark, which then ends nothing. What it means is looked at on reading.
    if (byte === BACKSLASH) at += 1;
  }
  throw new EnvelopeError('not-json', { offset: text.byteLength });
}

/**
 * Reads a string unit by unit: code units for escapes, and bytes as they are for everything else, since nothing but
 * ASCII is looked for here.
 *
 * @internal
 */
export class StringReader {
  readonly #text: Uint8Array;
  readonly #end: number;
  #at: number;

  /** Reads the string of a span. */
  constructor(text: Uint8Array, { start, end }: Span) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  /** Where the next unit stands. */
  get offset(): number {
    return this.#at;
  }

  /**
   * The next unit; −1 at the end.
   *
   * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` for an escape that JSON has not.
   */
  next(): number {
    if (this.#at >= this.#end) return -1;
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

/**
 * The value of a hexadecimal digit; −1 for anything else.
 *
 * @internal
 */
export function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  // Capital and small letters differ in one bit.
  const letter = unit | 0x20;
  return unit < 0x80 && letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
