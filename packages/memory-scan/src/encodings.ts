import { endianness } from 'node:os';

/** Bytes of a secret that are reported, at any offset. Shorter parts occur by chance. */
export const FRAGMENT = 8;

/** A secret in one encoding at one alignment: consecutive units, which are digits, characters or bytes. */
interface Layout {
  readonly units: number;
  /** Consecutive units that are reported. */
  readonly fragment: number;
  /** The byte of a unit. */
  readonly unitAt: (unit: number) => number;
  /** The first and the last byte of the secret that a unit shows. */
  readonly shows: (unit: number) => readonly [first: number, last: number];
}

/** A layout in memory, as a function of the position: no copy of the secret is written. */
export interface EncodedForm extends Layout {
  readonly encoding: Encoding;
  /** Bytes of memory per unit. */
  readonly width: number;
  /** The byte at an offset of the form in memory. */
  readonly byteAt: (index: number) => number;
}

/** The secret: its length, and one byte at a time. */
interface Secret {
  readonly length: number;
  readonly byteAt: (index: number) => number;
}

/** Whether this machine stores the lowest byte of a number first. */
export const little = endianness() === 'LE';

function bytes({ length, byteAt }: Secret): Layout[] {
  return [{ units: length, fragment: FRAGMENT, unitAt: byteAt, shows: (unit) => [unit, unit] }];
}

/** Two digits per byte. */
function hex({ length, byteAt }: Secret, alphabet: string): Layout[] {
  const digits = Buffer.from(alphabet, 'latin1');
  return [
    {
      units: 2 * length,
      fragment: 2 * FRAGMENT,
      unitAt: (unit) => digits[(byteAt(unit >> 1) >> (unit % 2 === 0 ? 4 : 0)) & 0xf]!,
      shows: (unit) => [unit >> 1, unit >> 1],
    },
  ];
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Bits of the secret before the first whole character, after 0, 2 or 1 bytes of other data. */
const BASE64_PHASES = [0, 2, 4];

/** Base64 at each of its three alignments, so also within a longer text. */
function base64({ length, byteAt }: Secret, lastTwo: string): Layout[] {
  const alphabet = Buffer.from(LETTERS + lastTwo, 'latin1');
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

/** The bytes of each whole word reversed, as hashes load them: one layout for each byte at which words may begin. */
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

type Layouts = (secret: Secret) => Layout[];

const lower: Layouts = (secret) => hex(secret, '0123456789abcdef');
const upper: Layouts = (secret) => hex(secret, '0123456789ABCDEF');
const standard: Layouts = (secret) => base64(secret, '+/');
const forUrls: Layouts = (secret) => base64(secret, '-_');

/** The place of a unit in its bytes of memory, by their number. The other bytes are zero. */
const PLACES = { 1: 0, 2: little ? 0 : 1, 8: little ? 4 : 3 } as const;

/** The layouts of each encoding, and bytes of memory per unit. */
const encoders = {
  raw: [bytes, 1],
  'hex-lower': [lower, 1],
  'hex-upper': [upper, 1],
  base64: [standard, 1],
  base64url: [forUrls, 1],
  'swapped-32': [(secret) => swapped(secret, 4), 1],
  'swapped-64': [(secret) => swapped(secret, 8), 1],
  // A "binary" string with characters beyond Latin-1, and the other texts with 16 bits per character.
  'utf-16': [bytes, 2],
  'utf-16-hex-lower': [lower, 2],
  'utf-16-hex-upper': [upper, 2],
  'utf-16-base64': [standard, 2],
  'utf-16-base64url': [forUrls, 2],
  // A JavaScript array of numbers: the value is in the upper half of 64 bits.
  'number-array': [bytes, 8],
} as const satisfies Record<string, readonly [Layouts, keyof typeof PLACES]>;

/** An encoding of a secret that a scan searches for. */
export type Encoding = keyof typeof encoders;

export const ENCODINGS = Object.keys(encoders) as readonly Encoding[];

/** The encodings to search for, by the name of a needle, in their order. */
export type EncodingsOf = (name: string) => readonly Encoding[];

/** All forms of a secret in one encoding: one form, or one per alignment for base64 and swapped words. */
export function encodedForms(secret: Secret, encoding: Encoding): EncodedForm[] {
  const [layouts, width] = encoders[encoding];
  const place = PLACES[width];
  return layouts(secret).map((layout) => ({
    ...layout,
    encoding,
    width,
    byteAt: (index) => (index % width === place ? layout.unitAt((index - place) / width) : 0),
  }));
}
