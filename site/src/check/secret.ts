/**
 * Signing keys that are given by mistake. They are recognised before anything else is done with the input: they reach no
 * worker and no message.
 */
import { bytesOfDigits, looksLikeText } from './digits.js';

/** The longest text or file that can be a key. The file of the largest key has some 1,500 bytes. */
const LONGEST = 16_384;

/**
 * Bytes of signing keys: seeds and cold keys (32), VRF keys and expanded keys (64), extended keys (96, 128), and KES keys of
 * depth 0 to 7 (32 + 96 a level), also with the four bytes of the period that the Rust crate appends.
 */
const keySizes = new Set([
  64,
  96,
  ...Array.from({ length: 8 }, (_, depth) => 32 + 96 * depth),
  ...Array.from({ length: 8 }, (_, depth) => 36 + 96 * depth),
]);

/** Numbers of words of a recovery phrase (BIP 39). */
const phraseLengths = new Set([12, 15, 18, 21, 24]);

const named = /(?:signing|secret|private)\s?_?key|[a-z0-9]_x?sk1[a-z0-9]|xprv1/i;
const publicTypes = /VerificationKey|^NodeOperationalCertificate/;

/**
 * Whether an input is a signing key, or has the size of one. A verification key of 32 bytes without its envelope looks the
 * same as a signing key, and counts as one.
 */
export function maySignFor(input: string | Uint8Array): boolean {
  if (input.length > LONGEST) return false;
  if (typeof input === 'string') return isSecretText(input);
  return hasSizeOfKey(input) || (looksLikeText(input) && isSecretText(decoded(input)));
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function isSecretText(text: string): boolean {
  const content = text.trim();
  if (content.startsWith('{')) return isSecretJson(content);
  return named.test(content) || isPhrase(content) || isSecretDigits(content);
}

/** Text that is not JSON is judged by its words: it may be an envelope with a character too few. */
function isSecretJson(text: string): boolean {
  let parsed: { readonly type?: unknown; readonly cborHex?: unknown };
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    return named.test(text);
  }
  const { type, cborHex } = parsed;
  if (typeof type === 'string' && publicTypes.test(type)) return false;
  return named.test(text) || (typeof cborHex === 'string' && isSecretDigits(cborHex));
}

function isPhrase(text: string): boolean {
  const words = text.split(/\s+/);
  return phraseLengths.has(words.length) && words.every((word) => /^[a-z]{3,8}$/.test(word));
}

/** Digits of a key, also of one that was copied with a digit too few or too many. */
function isSecretDigits(text: string): boolean {
  // A byte string of CBOR begins with the digit 5.
  return [text, `${text}0`, `5${text}`, text.slice(0, -1)].some((digits) => {
    const bytes = bytesOfDigits(digits);
    return bytes !== undefined && hasSizeOfKey(bytes);
  });
}

/** Raw, or as one byte string of CBOR, as envelopes contain keys. */
function hasSizeOfKey(bytes: Uint8Array): boolean {
  return keySizes.has(bytes.byteLength) || keySizes.has(sizeOfByteString(bytes) ?? 0);
}

/** The size of a CBOR byte string with a head of two or three bytes (RFC 8949, section 3.1). */
function sizeOfByteString(bytes: Uint8Array): number | undefined {
  const [head, first = 0, second = 0] = bytes;
  if (head === 0x58 && bytes.byteLength === 2 + first) return first;
  const long = 256 * first + second;
  return head === 0x59 && bytes.byteLength === 3 + long ? long : undefined;
}
