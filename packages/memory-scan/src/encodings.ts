import { endianness } from 'node:os';

/** The encodings of a secret that a scan searches for. */
export const ENCODINGS = Object.freeze([
  /** The bytes. */
  'raw',
  /** Two digits per byte, `0`–`9` and `a`–`f`. */
  'hex-lower',
  /** Two digits per byte, `0`–`9` and `A`–`F`. */
  'hex-upper',
  /** Base64 at each of its three alignments, so also within a longer text. */
  'base64',
  /** The same in the alphabet for URLs. */
  'base64url',
  /** The bytes of each 32-bit word reversed, as SHA-256 loads them. Words may begin at any byte. */
  'swapped-32',
  /** The bytes of each 64-bit word reversed, as SHA-512 loads them. Words may begin at any byte. */
  'swapped-64',
  /** One 16-bit unit per byte: a "binary" string with characters beyond Latin-1. */
  'utf-16',
  /** `hex-lower` with 16 bits per digit. */
  'utf-16-hex-lower',
  /** `hex-upper` with 16 bits per digit. */
  'utf-16-hex-upper',
  /** `base64` with 16 bits per character. */
  'utf-16-base64',
  /** `base64url` with 16 bits per character. */
  'utf-16-base64url',
  /** A JavaScript array of numbers: 64 bits per byte, the value in the upper half. */
  'number-array',
] as const);

/** An encoding of a secret that a scan searches for. */
export type Encoding = (typeof ENCODINGS)[number];

/** Bytes of a secret that are reported, at any offset. Shorter parts occur by chance. */
export const FRAGMENT = 8;

/**
 * A secret in one encoding at one alignment, as functions of the position. The encoding is never written to memory, so a
 * search leaves no copy of the secret.
 */
export interface EncodedForm {
  readonly encoding: Encoding;
  /** The number of units: digits, characters or bytes. */
  readonly units: number;
  /** Bytes of memory per unit. */
  readonly width: number;
  /** Consecutive units that are reported. */
  readonly fragment: number;
  /** The byte at an offset of the form in memory. */
  readonly byteAt: (index: number) => number;
  /** The first and the last byte of the secret that a unit shows. */
  readonly shows: (unit: number) => readonly [first: number, last: number];
}

/** A form whose units are single bytes. */
interface Layout {
  readonly units: number;
  readonly fragment: number;
  readonly unitAt: (unit: number) => number;
  readonly shows: (unit: number) => readonly [first: number, last: number];
}

/** The secret: its length, and one byte at a time. */
interface Secret {
  readonly length: number;
  readonly byteAt: (index: number) => number;
}

/** Whether this machine stores the lowest byte of a number first. */
export const little = endianness() === 'LE';

/** All forms of a secret in one encoding: one form, or one per alignment for base64 and swapped words. */
export function encodedForms(secret: Secret, encoding: Encoding): EncodedForm[] {
  const plain = (layouts: readonly Layout[]) => layouts.map((each) => widen(encoding, each, 1, 0));
  const wide = (layouts: readonly Layout[]) =>
    layouts.map((each) => widen(encoding, each, 2, little ? 0 : 1));
  switch (encoding) {
    case 'raw':
      return plain([bytes(secret)]);
    case 'hex-lower':
      return plain([hex(secret, LOWER_DIGITS)]);
    case 'hex-upper':
      return plain([hex(secret, UPPER_DIGITS)]);
    case 'base64':
      return plain(base64(secret, BASE64));
    case 'base64url':
      return plain(base64(secret, BASE64_URL));
    case 'swapped-32':
      return plain(swapped(secret, 4));
    case 'swapped-64':
      return plain(swapped(secret, 8));
    case 'utf-16':
      return wide([bytes(secret)]);
    case 'utf-16-hex-lower':
      return wide([hex(secret, LOWER_DIGITS)]);
    case 'utf-16-hex-upper':
      return wide([hex(secret, UPPER_DIGITS)]);
    case 'utf-16-base64':
      return wide(base64(secret, BASE64));
    case 'utf-16-base64url':
      return wide(base64(secret, BASE64_URL));
    case 'number-array':
      return [widen(encoding, bytes(secret), 8, little ? 4 : 3)];
  }
}

function bytes({ length, byteAt }: Secret): Layout {
  return { units: length, fragment: FRAGMENT, unitAt: byteAt, shows: (unit) => [unit, unit] };
}

const LOWER_DIGITS = Buffer.from('0123456789abcdef', 'latin1');
const UPPER_DIGITS = Buffer.from('0123456789ABCDEF', 'latin1');

function hex({ length, byteAt }: Secret, digits: Uint8Array): Layout {
  return {
    units: 2 * length,
    fragment: 2 * FRAGMENT,
    unitAt: (unit) => digits[(byteAt(unit >> 1) >> (unit % 2 === 0 ? 4 : 0)) & 0xf]!,
    shows: (unit) => [unit >> 1, unit >> 1],
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE64 = Buffer.from(`${LETTERS}+/`, 'latin1');
const BASE64_URL = Buffer.from(`${LETTERS}-_`, 'latin1');

/** Bits of the secret before the first whole character, after 0, 2 or 1 bytes of other data. */
const BASE64_PHASES = [0, 2, 4];

function base64({ length, byteAt }: Secret, alphabet: Uint8Array): Layout[] {
  return BASE64_PHASES.map((phase) => ({
    units: Math.floor((8 * length - phase) / 6),
    fragment: Math.floor((8 * FRAGMENT) / 6),
    unitAt(unit) {
      const bit = phase + 6 * unit;
      const next = (bit >> 3) + 1 < length ? byteAt((bit >> 3) + 1) : 0;
      return alphabet[(((byteAt(bit >> 3) << 8) | next) >> (10 - (bit & 7))) & 0x3f]!;
    },
    shows: (unit) => [(phase + 6 * unit) >> 3, (phase + 6 * unit + 5) >> 3],
  }));
}

/** One layout for each byte at which words may begin. Only whole words are included. */
function swapped({ length, byteAt }: Secret, word: number): Layout[] {
  return Array.from({ length: word }, (_, shift) => {
    const place = (unit: number) => shift + unit - (unit % word) + (word - 1 - (unit % word));
    return {
      units: Math.max(0, Math.floor((length - shift) / word) * word),
      fragment: FRAGMENT,
      unitAt: (unit) => byteAt(place(unit)),
      shows: (unit) => [place(unit), place(unit)],
    };
  });
}

/** Each unit takes `width` bytes, which are zero except the byte at `position`. */
function widen(encoding: Encoding, layout: Layout, width: number, position: number): EncodedForm {
  const { units, fragment, unitAt, shows } = layout;
  return {
    encoding,
    units,
    width,
    fragment,
    byteAt: (index) => (index % width === position ? unitAt((index - position) / width) : 0),
    shows,
  };
}
