/** What a visitor gave: recognised by its form, before anything is checked. */
import { bytesOfDigits, looksLikeText } from './digits.js';
import { maySignFor } from './secret.js';

/** What an input is, as far as its form shows it. */
export type Given =
  | { readonly kind: 'nothing' }
  /** A signing key. The caller clears the field and passes nothing on. */
  | { readonly kind: 'secret' }
  | { readonly kind: 'unreadable'; readonly sentence: string }
  /** The text of a certificate, or of another envelope of `cardano-cli`. */
  | { readonly kind: 'envelope'; readonly text: string }
  /** One header, block or certificate, or several of them back to back. */
  | { readonly kind: 'cbor'; readonly bytes: Uint8Array };

/** Bytes of the largest accepted file. A chunk of mainnet has some 1,080 blocks of at most 90,112 bytes. */
export const LARGEST = 256 * 1024 * 1024;

/** What to do with a larger file. */
export const TOO_LARGE =
  'This is larger than 256 MiB. Check it with the command kes header verify.';

/** Recognises a text or the bytes of a file. */
export function given(input: string | Uint8Array): Given {
  if (input.length > LARGEST) return unreadable(TOO_LARGE);
  if (maySignFor(input)) return { kind: 'secret' };
  if (typeof input === 'string') return givenText(input);
  if (input[0] === 0x1f && input[1] === 0x8b)
    return unreadable('This file is compressed. Unpack it first: gunzip FILE.');
  return looksLikeText(input)
    ? givenText(new TextDecoder().decode(input))
    : { kind: 'cbor', bytes: input };
}

function givenText(text: string): Given {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '') return { kind: 'nothing' };
  if (content.startsWith('{')) return { kind: 'envelope', text: content };
  const bytes = bytesOfDigits(content);
  if (bytes !== undefined) return { kind: 'cbor', bytes };
  return unreadable(
    /^(?:0x)?[0-9a-f\s]+$/i.test(content)
      ? 'This has an odd number of hexadecimal digits: one is missing or too many.'
      : 'This is neither hexadecimal digits nor the JSON of a certificate.',
  );
}

function unreadable(sentence: string): Given {
  return { kind: 'unreadable', sentence };
}
