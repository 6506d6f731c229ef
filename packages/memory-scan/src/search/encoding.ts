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
