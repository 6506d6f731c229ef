/**
 * The forms in which a secret is looked for.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ENCODINGS } from '@evolock/memory-scan';
 *
 * assert(ENCODINGS.includes('hex-lower'));
 * ```
 */
export const ENCODINGS = Object.freeze([
  /** The bytes as they are. */
  'raw',
  /** Two digits a byte, `0`–`9` and `a`–`f`. */
  'hex-lower',
  /** Two digits a byte, `0`–`9` and `A`–`F`. */
  'hex-upper',
  /** Base64 at any of its three alignments, so also inside of a longer text. */
  'base64',
  /** The same in the alphabet for addresses. */
  'base64url',
  /** The bytes of each 32-bit word in reverse, as SHA-256 loads them; words may begin at any byte. */
  'swapped-32',
  /** The bytes of each 64-bit word in reverse, as SHA-512 loads them; words may begin at any byte. */
  'swapped-64',
  /** One 16-bit unit a byte: a "binary" string that is not Latin-1 alone. */
  'utf-16',
  /** `hex-lower` with 16 bits a digit. */
  'utf-16-hex-lower',
  /** `hex-upper` with 16 bits a digit. */
  'utf-16-hex-upper',
  /** `base64` with 16 bits a character. */
  'utf-16-base64',
  /** `base64url` with 16 bits a character. */
  'utf-16-base64url',
  /** A JavaScript array of the bytes as numbers: 64 bits each, the value in the upper half. */
  'number-array',
] as const);

/** One of {@link ENCODINGS}. */
export type Encoding = (typeof ENCODINGS)[number];
